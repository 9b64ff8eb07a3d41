import AccordSuite
import ArgumentParser
import Foundation
import Hosting
import RPC
import Storage

/// What an error means for whoever called: a sentence on standard error and an exit code (as in `sysexits.h`).
enum ExitReason {
    typealias ExitCode = ArgumentParser.ExitCode

    static let found = ExitCode(2)
    static let badInput = ExitCode(65)
    static let unavailable = ExitCode(69)
    static let failedServing = ExitCode(70)
    static let store = ExitCode(74)
    static let notPermitted = ExitCode(77)

    /// Prints errors that are ours and turns them into exit codes; leaves those of the argument parser alone.
    static func reported(_ error: any Error) -> any Error {
        switch error {
        case let error as RPCError:
            Terminal.complain("\(error.code.rawValue): \(error.message)")
            return code(of: error.code)
        case let error as ImportFaults:
            for fault in error.faults.prefix(50) { Terminal.complain(fault.description) }
            if error.faults.count > 50 { Terminal.complain("and \(error.faults.count - 50) more") }
            return badInput
        case let error as PlaybackRefusal:
            Terminal.complain(error.description)
            return badInput
        case let error as UntakenEvents:
            Terminal.complain(error.description)
            return ExitCode.failure
        case let error as ServingRefusal:
            Terminal.complain(error.description)
            return ExitCode(error.exitCode.rawValue)
        case let error as StoreError:
            Terminal.complain(error.description)
            return store
        case let error as CocoaError:
            let file = error.filePath.map { ": \($0)" } ?? ""
            Terminal.complain("\(error.localizedDescription)\(file)")
            return badInput
        default:
            return error
        }
    }

    /// Runs services in this process: what ends them has the exit code that the process of one service ends with.
    static func serving<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error where error is ServingRefusal || error is StoreError || error is ValidationError {
            throw error
        } catch {
            Terminal.complain("\(error)")
            throw failedServing
        }
    }

    private static func code(of code: RPCCode) -> ExitCode {
        switch code {
        case .invalidArgument, .outOfRange, .notFound, .failedPrecondition, .alreadyExists: badInput
        case .unavailable, .deadlineExceeded: unavailable
        case .unauthenticated, .permissionDenied: notPermitted
        default: .failure
        }
    }
}
