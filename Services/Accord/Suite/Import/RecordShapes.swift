import Contracts
import SwiftProtobuf

extension ImportKind {
    /// What a record of the kind holds.
    var shape: RecordShape {
        switch self {
        case .leads: .leads
        case .engagements: .engagements
        case .accounts: .accounts
        case .opportunities: .opportunities
        case .touches: .touches
        }
    }
}

extension RecordShape {
    static let leads = RecordShape(
        ImportRecord.lead,
        [
            .text("lead_id", \WireLead.leadID).needed,
            .text("source", \.source),
            .text("channel", \.channel),
            .text("campaign", \.campaign),
            .text("motion", \.motion),
            .text("segment", \.segment),
            .text("territory", \.territory),
            .time("created_at", \.createdAt),
            .text("person.name", \.person.name),
            .text("person.email", \.person.email),
            .text("person.phone", \.person.phone),
            .text("person.title", \.person.title),
            .text("person.seniority", \.person.seniority),
            .text("person.department", \.person.department),
            .text("person.country", \.person.country),
            .text("person.language", \.person.language),
            .text("company.account_id", \.company.accountID),
            .text("company.name", \.company.name),
            .text("company.domain", \.company.domain),
            .text("company.industry", \.company.industry),
            .whole("company.employees", \.company.employees),
            .money("company.annual_revenue", \.company.annualRevenue),
            .text("company.country", \.company.country),
            .text("company.region", \.company.region),
            .text("company.city", \.company.city),
            .list("company.technologies", \.company.technologies),
            .list("company.signals", \.company.signals),
            .values("custom.", \.custom),
            .externalIDs("external_ids.", \.externalIds),
            .time("changed_at", \.changedAt),
            .text("source_system", \.sourceSystem),
        ])

    static let engagements = RecordShape(
        ImportRecord.engagement,
        [
            .text("engagement_id", \WireEngagement.engagementID).needed,
            .text("lead_id", \.leadID).needed,
            .text("kind", \.kind).needed,
            .time("occurred_at", \.occurredAt).needed,
            .text("channel", \.channel),
            .text("campaign", \.campaign),
            .text("content_id", \.contentID),
            .values("attributes.", \.attributes),
        ])

    static let accounts = RecordShape(
        ImportRecord.account,
        [
            .text("account_id", \WireAccount.accountID).needed,
            .text("name", \.name).needed,
            .list("domains", \.domains),
            .text("industry", \.industry),
            .whole("employees", \.employees),
            .money("annual_revenue", \.annualRevenue),
            .text("country", \.country),
            .text("region", \.region),
            .text("city", \.city),
            .list("technologies", \.technologies),
            .list("signals", \.signals),
            .text("parent_id", \.parentID),
            .text("ownership", \.ownership),
            .whole("founded_year", \.foundedYear),
            .whole("open_positions", \.openPositions),
            .time("last_funding_at", \.lastFundingAt),
            .values("custom.", \.custom),
        ])

    static let opportunities = RecordShape(
        ImportRecord.opportunity,
        [
            .text("opportunity_id", \WireOpportunity.opportunityID).needed,
            .outcome("outcome", \.outcome).needed,
            .text("lead_id", \.leadID),
            .text("account_id", \.accountID),
            .text("stage", \.stage),
            .money("amount", \.amount),
            .money("list_value", \.listValue),
            .time("opened_at", \.openedAt),
            .time("closed_at", \.closedAt),
            .text("source", \.source),
            .text("rep_id", \.repID),
            .text("team", \.team),
            .texts("dimensions.", \.dimensions),
        ])

    static let touches = RecordShape(
        ImportRecord.touch,
        [
            .text("touch_id", \WireTouch.touchID).needed,
            .text("lead_id", \.leadID),
            .text("channel", \.channel).needed,
            .time("occurred_at", \.occurredAt).needed,
            .text("account_id", \.accountID),
            .text("campaign", \.campaign),
            .text("content_id", \.contentID),
            .text("kind", \.kind),
            .money("cost", \.cost),
        ])
}
