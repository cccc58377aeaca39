import PCPClient

/// Tells whoever wants to know where this program can be reached, for as long as it runs.
func announceReachability(port: UInt16) async {
  for await state in PortMapper.shared.mapping(.tcp, internalPort: port) {
    switch state {
    case .requesting: print("asking the gateway")
    case .mapped(let port): print("reachable at \(port.external), until \(port.external.expiresAt) unless renewed")
    case .refused(let refusal): print(refusal)
    case .lost: print("not reachable for the moment")
    case .unavailable(let reason): print("no mapping: \(reason)")
    }
  }
}

/// Receives one file through a port that is mapped meanwhile.
func receiveFile() async throws {
  try await PortMapper.shared.withMapping(.tcp, internalPort: 8080, timeout: .seconds(5)) { port, _ in
    print("send it to \(port.external)")
  }
}
