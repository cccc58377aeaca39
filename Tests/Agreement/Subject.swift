import FuzzHarness
import Wire
import WireText
import WiregenCore

/// The messages of one direction of one protocol: generated code on one side, the interpreter on the other.
public struct Subject: Sendable {
  /// "PCPRequest".
  public let name: String
  /// How many random messages a test draws: fewer of those that are large.
  public let rounds: Int
  /// Index in `definition.bodies` of each message of the direction.
  public let messages: [Int]
  public let interpreter: Interpreter
  private let check: @Sendable ([UInt8]) throws(PropertyFailure) -> Void

  /// The messages of a generated enum.
  ///
  /// - Parameter rounds: how many random messages a test draws.
  public init<Messages: WireMessages>(
    _ type: Messages.Type, direction: String, _ definition: WireDefinition, rounds: Int = 120
  ) {
    let interpreter = WireTextProtocol.of(definition).interpreter
    let properties = Properties<Messages>(direction: direction, of: definition)
    let index = interpreter.direction(named: direction)
    name = "\(Messages.wireName)"
    self.rounds = rounds
    messages = interpreter.definition.messages.filter { interpreter.definition.bodies[$0].message?.direction == index }
    self.interpreter = interpreter
    check = { octets throws(PropertyFailure) in try properties.check(octets, isThorough: true) }
  }

  /// Holds both sides against each other on octets.
  public func compare(_ octets: [UInt8]) throws(Disagreement) {
    do throws(PropertyFailure) { try check(octets) } catch {
      throw Disagreement(subject: name, octets: octets, reason: error.description)
    }
  }
}

/// Octets that generated code and interpreter do not say the same of.
public struct Disagreement: Error, CustomStringConvertible {
  public var subject: String
  public var octets: [UInt8]
  public var reason: String

  public var description: String {
    let hex = octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "\(subject): \(hex): \(reason)"
  }
}
