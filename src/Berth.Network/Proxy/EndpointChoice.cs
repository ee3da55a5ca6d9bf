using System.Collections.Immutable;

namespace Berth.Network.Proxy;

/// <summary>
/// Which endpoints of a Service port take traffic on this node: ready ones; where there are none, those that terminate but still serve.
/// Topology hints narrow the cluster-wide choice where every ready endpoint has them and one fits here. As kube-proxy chooses.
/// </summary>
/// <param name="Cluster">For traffic policy Cluster.</param>
/// <param name="Local">For traffic policy Local: those on this node.</param>
/// <param name="Any">Whether any node has one, which tells "nobody serves this" (refused) from "nobody here does" (dropped).</param>
internal sealed record EndpointChoice(ImmutableArray<ProxyEndpoint> Cluster, ImmutableArray<ProxyEndpoint> Local, bool Any)
{
    public static EndpointChoice Of(ProxyService service, ProxyPort port, ProxyContext context)
    {
        var all = service.Endpoints
            .Where(e => e.PortName == port.Name && e.Protocol == port.Protocol && e.Address.AddressFamily == context.Family)
            // Two slices may both name an endpoint while it moves from one to the other; one that is ready in either is.
            .GroupBy(e => (e.Address, e.Port))
            .Select(g => g.FirstOrDefault(e => e.Ready) ?? g.First())
            .ToImmutableArray();
        var ready = all.RemoveAll(e => !e.Ready);
        var fallback = all.RemoveAll(e => e.Ready || !e.Serving || !e.Terminating);
        var cluster = ready.IsEmpty ? fallback : WithHints(ready, context);
        var localReady = ready.RemoveAll(e => e.NodeName != context.NodeName);
        var local = localReady.IsEmpty ? fallback.RemoveAll(e => e.NodeName != context.NodeName) : localReady;
        return new EndpointChoice(cluster, local, !ready.IsEmpty || !fallback.IsEmpty);
    }

    private static ImmutableArray<ProxyEndpoint> WithHints(ImmutableArray<ProxyEndpoint> ready, ProxyContext context)
    {
        if (ready.All(e => !e.NodeHints.IsEmpty))
        {
            var here = ready.RemoveAll(e => !e.NodeHints.Contains(context.NodeName));
            if (!here.IsEmpty)
                return here;
        }
        if (context.Zone.Length > 0 && ready.All(e => !e.ZoneHints.IsEmpty))
        {
            var here = ready.RemoveAll(e => !e.ZoneHints.Contains(context.Zone));
            if (!here.IsEmpty)
                return here;
        }
        return ready;
    }
}
