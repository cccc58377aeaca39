import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks a running program over its admin socket.
public struct AdminClient: Sendable {
  private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

  public let socket: String
  /// How long an answer may take.
  public let timeout: Duration

  public init(socket: String, timeout: Duration = .seconds(10)) {
    self.socket = socket
    self.timeout = timeout
  }

  /// What the program says at a path: JSON.
  ///
  /// - Throws: when there is no such program, or it does not say it.
  public func get(_ path: String) async throws(AdminError) -> [UInt8] {
    if let fault = AdminSocket.fault(in: socket) { throw AdminError(fault) }
    let answer: AdminResponse
    do {
      answer = try await withThrowingTaskGroup(of: AdminResponse.self) { [self] group in
        group.addTask { try await ask(path) }
        group.addTask {
          try await Task.sleep(for: timeout)
          throw AdminError("\(socket) does not answer")
        }
        defer { group.cancelAll() }
        return try await group.next() ?? AdminResponse(fault: "no answer", status: 500)
      }
    } catch let error as AdminError {
      throw error
    } catch {
      throw AdminError(fault(of: error))
    }
    guard answer.status == 200 else {
      let text = (try? JSONDecoder().decode([String: String].self, from: Data(answer.octets)))?["error"]
      throw AdminError("\(socket): \(text ?? "status \(answer.status)")")
    }
    return answer.octets
  }

  private func ask(_ path: String) async throws -> AdminResponse {
    let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(unixDomainSocketPath: socket) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          return try Connection(wrappingChannelSynchronously: channel)
        }
      }
    return try await connection.executeThenClose { inbound, outbound in
      let headers = HTTPHeaders([("host", "localhost"), ("connection", "close")])
      try await outbound.write(.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: headers)))
      try await outbound.write(.end(nil))
      var answer = AdminResponse(fault: "no answer", status: 500)
      answer.octets = []
      for try await part in inbound {
        switch part {
        case .head(let head): answer.status = Int(head.status.code)
        case .body(let buffer): answer.octets += buffer.readableBytesView
        case .end: return answer
        }
      }
      throw AdminError("\(socket) broke off its answer")
    }
  }

  private func fault(of error: any Error) -> String {
    switch (error as? IOError)?.errnoCode {
    case ENOENT, ECONNREFUSED: "no running program has the admin socket \(socket)"
    case EACCES, EPERM: "the admin socket \(socket) is not yours: only whoever started the program may use it"
    default: "the admin socket \(socket): \(error.reason)"
    }
  }
}
