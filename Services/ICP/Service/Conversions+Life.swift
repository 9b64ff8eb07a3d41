import Contracts
import ICPDomain
import Kernel
import SwiftProtobuf

extension AgreementRecord {
    /// The whole version.
    func wire() throws -> WireAgreementVersion {
        var wire = summary
        wire.agreement = try agreement()
        wire.document = document
        return wire
    }

    /// The version without its content.
    var summary: WireAgreementVersion {
        .with {
            $0.version = life.version
            $0.state = life.state.wire
            $0.digest = life.digest
            $0.proposedBy = proposedBy
            $0.proposedAt = proposedAt.wire
            if let moment = life.effectiveAt ?? life.requestedAt { $0.effectiveAt = moment.wire }
            if let supersededAt { $0.supersededAt = supersededAt.wire }
            $0.signatures = life.signatures.map(\.wire)
            $0.comment = comment
            $0.basedOn = basedOn ?? 0
            if let closing = life.closing { $0.closing = closing.wire }
        }
    }
}

extension VersionState {
    var wire: WireAgreementState {
        switch self {
        case .draft: .draft
        case .proposed: .proposed
        case .partlySigned: .partlySigned
        case .signed: .signed
        case .active: .active
        case .superseded: .superseded
        case .rejected: .rejected
        case .withdrawn: .withdrawn
        }
    }
}

extension VersionClosing {
    var wire: WireClosing {
        .with {
            $0.by = by
            $0.side = side?.wire ?? .unspecified
            $0.at = at.wire
            $0.comment = comment
        }
    }
}

extension AgreementSide {
    init?(_ wire: WireSide) {
        switch wire {
        case .marketing: self = .marketing
        case .sales: self = .sales
        case .unspecified, .UNRECOGNIZED: return nil
        }
    }

    var wire: WireSide {
        switch self {
        case .marketing: .marketing
        case .sales: .sales
        }
    }
}

extension AgreementSignature {
    var wire: WireSignature {
        .with {
            $0.side = side.wire
            $0.signer = signer
            $0.signedAt = signedAt.wire
            $0.digest = digest
        }
    }
}

extension AgreementChange {
    var wire: WireAgreementChange {
        .with {
            $0.section = section
            $0.path = path
            $0.before = before
            $0.after = after
            $0.sentence = sentence
        }
    }
}

extension HistoryAction {
    var wire: WireHistoryAction {
        switch self {
        case .drafted: .drafted
        case .proposed: .proposed
        case .signed: .signed
        case .rejected: .rejected
        case .withdrawn: .withdrawn
        case .activated: .activated
        case .superseded: .superseded
        case .reviewed: .reviewed
        }
    }
}
