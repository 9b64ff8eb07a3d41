public import Hosting
import ICPService
import MetricsService
import RoutingService
import SLAService
import ScoringService

extension ServiceName {
    /// The code of a service.
    public var service: any AccordService.Type {
        switch self {
        case .icp: IcpService.self
        case .scoring: ScoringService.self
        case .routing: RoutingService.self
        case .sla: SLAService.self
        case .metrics: MetricsService.self
        }
    }
}
