import Contracts
import Kernel
public import Platform
import RPC
import SwiftProtobuf

extension PartitionSet {
    /// Refuses keys that another replica owns: before anything is read or written.
    ///
    /// - Throws: `failed_precondition` with a ``WireWrongPartition`` that names the first such key and its partition,
    ///   so that a client or a proxy can route it.
    public func require(_ keys: some Sequence<String>) throws {
        guard self != .all else { return }
        for key in keys {
            let partition = Partition.of(key)
            guard !contains(partition) else { continue }
            throw RPCError(
                .failedPrecondition, "this replica does not own partition \(partition), in which \(key) is",
                details: [
                    RPCErrorDetail(
                        WireWrongPartition.with {
                            $0.key = key
                            $0.partition = Int32(partition)
                        })
                ])
        }
    }
}
