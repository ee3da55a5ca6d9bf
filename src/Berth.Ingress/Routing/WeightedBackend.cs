namespace Berth.Ingress.Routing;

/// <param name="Backend">Null: a reference that leads nowhere; its share of the requests fails, as the Gateway API asks.</param>
/// <param name="Weight">Share of the requests, of the sum of all weights; 0: none.</param>
internal readonly record struct WeightedBackend(Backend? Backend, int Weight, RouteActions Actions);
