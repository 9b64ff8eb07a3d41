/// What the template shows: every figure as the text that people read.
struct PageModel: Sendable {
    struct Choice: Sendable {
        let value: String
        let title: String
        let selected: Bool
    }

    struct Figure: Sendable {
        let name: String
        let value: String
        /// What it is measured against, or what it is made of.
        let note: String
    }

    struct Stage: Sendable {
        let title: String
        let side: String
        let leads: String
        /// Percent of the largest stage, for the bar.
        let share: String
        let next: String
        let days: String
        let leaked: String
    }

    struct Slice: Sendable {
        let value: String
        let cells: [String]
    }

    struct Level: Sendable {
        let timer: String
        let cells: [String]
        let kept: String
        let share: String
        let isKept: Bool
    }

    struct Credit: Sendable {
        let value: String
        let cells: [String]
        let share: String
    }

    struct Anomaly: Sendable {
        let lead: String
        let description: String
    }

    /// A heading of a column; `agreed` marks the model that the agreement names.
    struct Column: Sendable {
        let title: String
        let agreed: Bool
    }

    var title = ""
    var agreement = ""
    var signatures = ""
    var faults: [String] = []
    var from = ""
    var to = ""
    var bases: [Choice] = []
    var splits: [Choice] = []
    var splitName = ""
    var basisNote = ""
    var isEmpty = true
    var marketing: [Figure] = []
    var sales: [Figure] = []
    var stages: [Stage] = []
    var offPath = ""
    var slices: [Slice] = []
    var levels: [Level] = []
    var models: [Column] = []
    var credits: [Credit] = []
    var currency = ""
    var attributionNote = ""
    var anomalies: [Anomaly] = []
    var anomalyCount = ""
}
