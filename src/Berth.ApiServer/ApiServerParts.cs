using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer;

/// <summary>What other parts of the server hook into while it is put together.</summary>
/// <param name="Routes">For virtual resources and subresources.</param>
/// <param name="Paths">For paths that are no resource.</param>
public sealed record ApiServerParts(RegistryServices Services, RouteTable Routes, PathTable Paths)
{
    public IObjectReader Objects => Services.Registries;

    /// <summary>Checks of <c>/readyz</c> and <c>/livez</c>.</summary>
    public List<HealthCheck> HealthChecks { get; } = [];
}
