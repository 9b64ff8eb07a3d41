import Contracts
import ICPDomain
import Kernel
import SwiftProtobuf

extension TargetListRecord {
    /// - Parameter withTargets: whether the accounts are told, or only how many there are.
    func wire(withTargets: Bool) -> WireTargetListRevision {
        .with {
            $0.listID = listID
            $0.revision = revision
            $0.state = life.state.wire
            $0.name = list.name
            $0.targetCount = Int32(targetCount)
            if withTargets { $0.targets = list.targets.map(\.wire) }
            $0.digest = life.digest
            $0.proposedBy = proposedBy
            $0.proposedAt = proposedAt.wire
            $0.comment = comment
            $0.signatures = life.signatures.map(\.wire)
            if let effectiveAt { $0.effectiveAt = effectiveAt.wire }
            if let supersededAt { $0.supersededAt = supersededAt.wire }
            $0.changes = changes.map(\.wire)
        }
    }
}

extension TargetList.Target {
    init(_ wire: WireTargetAccount, accountID: String) {
        self.init(
            accountID: accountID, marketingOwner: wire.marketingOwner, salesOwner: wire.salesOwner, note: wire.note)
    }

    var wire: WireTargetAccount {
        .with {
            $0.accountID = accountID
            $0.marketingOwner = marketingOwner
            $0.salesOwner = salesOwner
            $0.note = note
        }
    }
}

extension TargetListState {
    var wire: WireTargetListState {
        switch self {
        case .proposed: .proposed
        case .partlySigned: .partlySigned
        case .inForce: .inForce
        case .superseded: .superseded
        }
    }
}

extension TargetChange {
    var wire: WireTargetChange {
        .with {
            $0.kind = kind.wire
            $0.accountID = accountID
            $0.sentence = sentence
        }
    }
}

extension TargetChange.Kind {
    var wire: WireTargetChangeKind {
        switch self {
        case .added: .added
        case .removed: .removed
        case .ownersChanged: .ownersChanged
        case .noteChanged: .noteChanged
        case .renamed: .renamed
        }
    }
}
