import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers over a Unix socket that only its owner can use: HTTP with JSON.
public struct AdminServer: Sendable {
  public let path: String
  private let channel: any Channel
  /// The number of the socket's file, by which it is told from one that another program has put in its place.
  private let fileNumber: Int?

  /// Listens. The file of a program that has ended without removing it is replaced.
  ///
  /// - Throws: when another program listens there, or the file cannot be made.
  public init(at path: String, routes: [AdminRoute]) async throws(AdminError) {
    if let fault = AdminSocket.fault(in: path) { throw AdminError(fault) }
    try await AdminServer.removeStale(path)
    do {
      channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.configureHTTPServerPipeline()
            try channel.pipeline.syncOperations.addHandler(AdminHandler(routes))
          }
        }
        .withBoundSocket(AdminServer.listen(at: path)).get()
    } catch {
      throw AdminError("the admin socket \(path) cannot be made: \(error.reason)")
    }
    self.path = path
    fileNumber = AdminServer.fileNumber(path)
  }

  /// A socket that listens, whose file is its owner's from the start.
  ///
  /// A mask of new files would do the same for the whole process, and for what it starts meanwhile.
  private static func listen(at path: String) throws -> CInt {
    let address = try SocketAddress(unixDomainSocketPath: path)
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
    // On Linux the file that bind makes has the mode of the socket.
    guard fchmod(descriptor, 0o600) == 0,
      unsafe address.withSockAddr({ unsafe bind(descriptor, $0, socklen_t($1)) }) == 0,
      Foundation.listen(descriptor, 128) == 0
    else {
      let code = errno
      Foundation.close(descriptor)
      throw IOError(errnoCode: code, reason: "bind")
    }
    return descriptor
  }

  /// Stops listening, and removes the file.
  public func close() async {
    try? await channel.close()
    if fileNumber != nil && AdminServer.fileNumber(path) == fileNumber { try? FileManager.default.removeItem(atPath: path) }
  }

  private static func fileNumber(_ path: String) -> Int? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.systemFileNumber] as? Int
  }

  /// Removes the file of a program that is gone.
  private static func removeStale(_ path: String) async throws(AdminError) {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return }
    guard attributes[.type] as? FileAttributeType == .typeSocket else {
      throw AdminError("\(path) is there, and is no socket: choose another path for the admin socket")
    }
    do {
      try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(unixDomainSocketPath: path).get().close()
    } catch {
      guard (error as? IOError)?.errnoCode == ECONNREFUSED else {
        throw AdminError("the admin socket \(path) cannot be replaced: \(error.reason)")
      }
      do { try FileManager.default.removeItem(atPath: path) } catch {
        throw AdminError("the admin socket \(path) of a program that is gone cannot be removed")
      }
      return
    }
    throw AdminError("another running program has the admin socket \(path)")
  }
}

/// Answers the requests of one connection, one after the other.
private final class AdminHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let routes: [AdminRoute]
  private var head: HTTPRequestHead?

  init(_ routes: [AdminRoute]) { self.routes = routes }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    // No request has anything to say in it.
    case .body: break
    case .end:
      guard let head else { return }
      self.head = nil
      let answer = context.eventLoop.makeFutureWithTask { [routes] in await AdminHandler.answer(head, routes) }
      answer.assumeIsolated().whenSuccess { response in self.write(response, to: head, context) }
    }
  }

  /// A request that is no HTTP has been answered by the time it comes here.
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private static func answer(_ head: HTTPRequestHead, _ routes: [AdminRoute]) async -> AdminResponse {
    let path = head.uri.prefix { $0 != "?" }
    guard let route = routes.first(where: { $0.path == path }) else {
      let known = routes.map(\.path).joined(separator: ", ")
      return AdminResponse(fault: "there is nothing at \(path); there are \(known)", status: 404)
    }
    guard head.method == .GET else { return AdminResponse(fault: "\(path) can be read only: GET", status: 405) }
    return await route.answer()
  }

  private func write(_ response: AdminResponse, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    var headers = HTTPHeaders([("content-type", "application/json"), ("content-length", "\(response.octets.count)")])
    if response.status == 405 { headers.add(name: "allow", value: "GET") }
    if !head.isKeepAlive { headers.add(name: "connection", value: "close") }
    let status = HTTPResponseStatus(statusCode: response.status)
    context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.octets)))), promise: nil)
    let written = context.writeAndFlush(wrapOutboundOut(.end(nil)))
    if !head.isKeepAlive { written.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
  }
}

extension Error {
  /// What the system says, in its words.
  var reason: String {
    guard let error = self as? IOError else { return "\(self)" }
    return String(cString: strerror(error.errnoCode))
  }
}
