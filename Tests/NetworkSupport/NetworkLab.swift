package import Foundation

/// Hosts in network namespaces: two clients on a LAN, a router whose `wan0` leads outside, and a host there with two addresses.
///
///     client 10.1.0.2, second 10.1.0.3  --  lan0 10.1.0.1 router wan0 192.0.2.1  --  outside 192.0.2.10, 192.0.2.11
///     fd01::2, fd01::3                      fd01::1              2001:db8:f::1       2001:db8:f::10
package final class NetworkLab {
  /// Without what they need these tests fail, unless this is set to 1: nobody shall believe that packets were seen.
  package static let skipVariable = "WIREGEN_SKIP_NETNS"
  package static let isSkipped = ProcessInfo.processInfo.environment[skipVariable] == "1"

  package struct Failure: Error, CustomStringConvertible {
    package var description: String

    package init(description: String) { self.description = description }
  }

  package enum Host: String, CaseIterable {
    case client, second, router, outside
  }

  private let prefix = "pcp\(ProcessInfo.processInfo.processIdentifier)-\(UInt16.random(in: .min ... .max))-"
  private var peers: [Host: Peer] = [:]
  private var servers: [Process] = []
  /// Where somebody who is not root is as good as root; nil for root.
  private var haven: Haven?

  /// - Parameter programs: what the tests need besides, each with the Debian package that has it.
  package init(_ programs: [(String, String)] = []) throws {
    for (program, package) in [
      ("ip", "iproute2"), ("nft", "nftables"), ("conntrack", "conntrack"), ("python3", "python3"),
    ] + programs { try Self.find(program, package: package) }
    do {
      if getuid() != 0 { haven = try Haven() }
      for host in Host.allCases {
        try ip("netns add \(name(host))")
        try ip("-n \(name(host)) link set lo up")
      }
      try connect()
    } catch {
      for host in Host.allCases { try? ip("netns del \(name(host))") }
      haven?.close()
      throw Failure(description: "network namespaces cannot be made (\(error)); \(Self.skipVariable)=1 to see no packets")
    }
    for host in [Host.client, .second, .outside] { peers[host] = try Peer(netns(host)) }
  }

  /// Sees to it that a program is there.
  private static func find(_ program: String, package: String) throws {
    let found = try? run(["/usr/bin/env", "which", program], environment: ["PATH": path])
    guard found?.status == 0 else {
      throw Failure(
        description: "\(program) is not installed: apt-get install \(package), or \(skipVariable)=1 to see no packets")
    }
  }

  /// Ends what runs in the namespaces, and removes them.
  package func close() {
    for server in servers where server.isRunning {
      kill(server.processIdentifier, SIGKILL)
      server.waitUntilExit()
    }
    for peer in peers.values { peer.close() }
    for host in Host.allCases { try? ip("netns del \(name(host))") }
    haven?.close()
  }

  private static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/sbin"

  private func name(_ host: Host) -> String { prefix + host.rawValue }

  private func connect() throws {
    let router = name(.router)
    try ip("-n \(router) link add lan0 type bridge")
    for (host, address) in [(Host.client, 2), (.second, 3)] {
      try ip("link add eth0 netns \(name(host)) type veth peer name port\(address) netns \(router)")
      try ip("-n \(router) link set port\(address) master lan0 up")
      try set(host, "eth0", ["10.1.0.\(address)/24", "fd01::\(address)/64"])
      try ip("-n \(name(host)) route add default via 10.1.0.1")
      try ip("-n \(name(host)) -6 route add default via fd01::1")
    }
    try ip("link add eth0 netns \(name(.outside)) type veth peer name wan0 netns \(router)")
    try set(.router, "lan0", ["10.1.0.1/24", "fd01::1/64"])
    try set(.router, "wan0", ["192.0.2.1/24", "2001:db8:f::1/64"])
    try set(.outside, "eth0", ["192.0.2.10/24", "192.0.2.11/24", "2001:db8:f::10/64"])
    try ip("-n \(name(.outside)) -6 route add fd01::/64 via 2001:db8:f::1")
    for setting in ["ipv4/ip_forward", "ipv6/conf/all/forwarding"] {
      try on(.router, ["sh", "-c", "echo 1 > /proc/sys/net/\(setting)"])
    }
  }

  private func set(_ host: Host, _ interface: String, _ addresses: [String]) throws {
    for address in addresses {
      // No detection of duplicates: the address is there at once.
      try ip("-n \(name(host)) addr add \(address) dev \(interface)\(address.contains(":") ? " nodad" : "")")
    }
    try ip("-n \(name(host)) link set \(interface) up")
  }

  private func ip(_ words: String) throws {
    let result = try Self.run(runner + ["ip"] + words.split(separator: " ").map(String.init))
    guard result.status == 0 else { throw Failure(description: "ip \(words): \(result.output)") }
  }

  // MARK: Programs

  /// A command that runs another on a host.
  package func netns(_ host: Host) -> [String] { runner + ["ip", "netns", "exec", name(host)] }

  /// A command that runs another where namespaces can be made. A program would inherit what signals are blocked, and a thread
  /// of a pool blocks those that end one.
  private var runner: [String] {
    ["/usr/bin/env", "--default-signal=INT,TERM", "PATH=\(Self.path)"] + (haven?.entrance ?? [])
  }

  /// Runs a program on a host to its end, and wants it to succeed.
  @discardableResult package func on(_ host: Host, _ words: [String], input: String? = nil) throws -> String {
    let result = try Self.run(netns(host) + words, input: input)
    guard result.status == 0 else { throw Failure(description: "\(words): \(result.status): \(result.output)") }
    return result.output
  }

  /// Where the build has put its programs.
  package static let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

  /// Runs `pcp` on a host to its end.
  package func pcp(_ host: Host, _ words: String, under more: [String] = []) throws -> (status: Int32, output: String) {
    let program = Self.products.appendingPathComponent("pcp").path
    return try Self.run(netns(host) + more + [program] + words.split(separator: " ").map(String.init))
  }

  /// Starts `pcp server` with nftables on the router, and waits until it is ready.
  @discardableResult package func serve(_ more: String = "") throws -> Process {
    let words =
      "server --listen 10.1.0.1 --listen fd01::1 --external 192.0.2.1 --backend nftables --external-interface wan0 --no-announce "
      + "--no-admin-socket " + more
    let process = Process()
    let command =
      netns(.router) + [Self.products.appendingPathComponent("pcp").path] + words.split(separator: " ").map(String.init)
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    let log = Pipe()
    process.standardError = log
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    servers.append(process)
    var text = ""
    while !text.contains("backend: nftables") {
      let more = log.fileHandleForReading.availableData
      guard !more.isEmpty else { throw Failure(description: "pcp server: \(text)") }
      text += String(decoding: more, as: UTF8.self)
    }
    // Somebody must go on reading, or the server would wait for room in the pipe.
    log.fileHandleForReading.readabilityHandler = { handle in if handle.availableData.isEmpty { handle.readabilityHandler = nil }
    }
    return process
  }

  /// Starts a program on a host, which runs until it is stopped, or the lab closed.
  package func start(_ host: Host, _ words: [String]) throws -> RunningProgram {
    let program = try RunningProgram(netns(host) + words)
    servers.append(program.process)
    return program
  }

  /// Ends a server as `systemctl stop` would.
  package func stop(_ server: Process) {
    server.terminate()
    server.waitUntilExit()
  }

  private static func run(
    _ words: [String], input: String? = nil, environment: [String: String]? = nil
  ) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    if let environment { process.environment = environment }
    let (output, source) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = output
    process.standardInput = source
    try process.run()
    if let input { try source.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
    try source.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  // MARK: Packets

  /// Has a host do one thing: see `peer.py`.
  @discardableResult package func tell(_ host: Host, _ words: String) throws -> String {
    guard let peer = peers[host] else { throw Failure(description: "\(host) takes no commands") }
    return try peer.ask(words)
  }

  /// A program in Python that sends and receives on a host.
  private final class Peer {
    private let process = Process()
    private let (commands, answers) = (Pipe(), Pipe())

    init(_ prefix: [String]) throws {
      let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "peer.py").path
      process.executableURL = URL(fileURLWithPath: prefix[0])
      process.arguments = Array(prefix.dropFirst()) + ["python3", script]
      process.standardInput = commands
      process.standardOutput = answers
      try process.run()
    }

    func ask(_ words: String) throws -> String {
      try commands.fileHandleForWriting.write(contentsOf: Data("\(words)\n".utf8))
      var line = Data()
      while let octet = try answers.fileHandleForReading.read(upToCount: 1), octet != Data([10]) { line += octet }
      return String(decoding: line, as: UTF8.self)
    }

    func close() {
      try? commands.fileHandleForWriting.close()
      process.waitUntilExit()
    }
  }

  /// A user namespace, whose root its maker is, with file systems and a network of its own.
  private final class Haven {
    private let process = Process()
    private let (input, output) = (Pipe(), Pipe())

    init() throws {
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      // It is there until its input ends.
      let script = "mount -t tmpfs none /run && mkdir /run/netns && echo ready && cat"
      process.arguments = ["unshare", "--user", "--map-root-user", "--net", "--mount", "sh", "-c", script]
      process.standardInput = input
      process.standardOutput = output
      try process.run()
      guard !output.fileHandleForReading.availableData.isEmpty else {
        throw Failure(description: "they need root, or user namespaces that anybody may make")
      }
    }

    /// A command that runs another there.
    var entrance: [String] {
      ["nsenter", "--target", "\(process.processIdentifier)", "--user", "--net", "--mount", "--preserve-credentials"]
    }

    func close() {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }
  }
}
