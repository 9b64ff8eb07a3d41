import Contracts
import Foundation
public import Hosting
public import Kernel
import Platform
import Storage

/// Has a service that does not run tell its events again, to one whose store was restored from a backup.
public struct EventRewind: Sendable {
    /// How many events are told again.
    public let count: Int
    /// Set where events of before this moment are wanted too, and are kept no more.
    public let goneBefore: Instant?

    /// - Parameters:
    ///   - folder: of the sender's store.
    ///   - since: when the backup was taken.
    /// - Throws: `StoreError` where the sender runs; `CocoaError` where its store is not there.
    public init(of sender: ServiceName, to subscriber: ServiceName, since: Instant, folder: String) async throws {
        let path = "\(folder)/\(sender.rawValue).sqlite"
        guard FileManager.default.fileExists(atPath: path) else {
            throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: path])
        }
        let store = try Store(
            path: path, owner: sender.rawValue, clock: SystemClock(), ids: RandomIDSource(),
            migrations: sender.service.migrations)
        do {
            let rewind = try await store.rewind(subscriber.rawValue, kinds: subscriber.hears, to: since)
            (count, goneBefore) = (rewind.count, rewind.goneBefore)
        } catch {
            try? await store.close()
            throw error
        }
        try await store.close()
    }
}
