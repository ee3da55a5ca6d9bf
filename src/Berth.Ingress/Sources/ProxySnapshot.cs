using Berth.Ingress.Routing;
using Berth.Ingress.Tls;

namespace Berth.Ingress.Sources;

/// <summary>What requests are served by at one moment. Immutable, save for the endpoints inside the backends.</summary>
internal sealed record ProxySnapshot(RouteTable Routes, CertificateTable Certificates);
