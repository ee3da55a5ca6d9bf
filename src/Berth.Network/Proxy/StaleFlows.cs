using System.Globalization;
using System.Net;

namespace Berth.Network.Proxy;

/// <summary>One line of <c>conntrack -L</c>: a flow's two directions.</summary>
internal readonly record struct UdpFlow(IPEndPoint Source, IPEndPoint Destination, IPEndPoint ReplySource)
{
    public static UdpFlow? Parse(string line)
    {
        var values = new List<(string Key, string Value)>(10);
        foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.IndexOf('=') is > 0 and var at)
                values.Add((word[..at], word[(at + 1)..]));
        }
        // Original direction first, reply second; each src, dst, sport, dport.
        return Find(values, "src", "sport", 0) is { } source && Find(values, "dst", "dport", 0) is { } destination
            && Find(values, "src", "sport", 1) is { } reply
            ? new UdpFlow(source, destination, reply)
            : null;
    }

    private static IPEndPoint? Find(List<(string Key, string Value)> values, string addressKey, string portKey, int nth)
    {
        var address = values.Where(v => v.Key == addressKey).Skip(nth).Select(v => v.Value).FirstOrDefault();
        var port = values.Where(v => v.Key == portKey).Skip(nth).Select(v => v.Value).FirstOrDefault();
        return IPAddress.TryParse(address, out var ip) && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new IPEndPoint(ip, number)
            : null;
    }
}

/// <summary>
/// Which known UDP flows lead nowhere. The kernel remembers where the first packet of a flow was sent and goes on sending there: to an
/// endpoint that is gone, or nowhere because there was none yet. A client that keeps its port would never get through again.
/// </summary>
internal static class StaleFlows
{
    /// <summary>Flows to a Service (or node port) that do not lead to one of its serving endpoints. Services that nobody serves are left alone, as kube-proxy does.</summary>
    public static IEnumerable<UdpFlow> Find(IEnumerable<UdpFlow> flows, IEnumerable<ProxyService> services, ProxyContext context)
    {
        var byAddress = new Dictionary<IPEndPoint, HashSet<IPEndPoint>>();
        var byNodePort = new Dictionary<int, HashSet<IPEndPoint>>();
        foreach (var service in services)
        {
            foreach (var port in service.Ports.Where(p => p.Protocol == "udp"))
            {
                HashSet<IPEndPoint> serving =
                [
                    .. service.Endpoints.Where(e => e.Serving && e.PortName == port.Name && e.Protocol == "udp").Select(e => new IPEndPoint(e.Address, e.Port)),
                ];
                if (serving.Count == 0)
                    continue;
                foreach (var address in service.ClusterIps.Concat(service.ExternalIps).Concat(service.LoadBalancerIps))
                    byAddress[new IPEndPoint(address, port.Port)] = serving;
                if (port.NodePort != 0)
                    byNodePort[port.NodePort] = serving;
            }
        }
        foreach (var flow in flows)
        {
            var known = byAddress.TryGetValue(flow.Destination, out var endpoints)
                || (context.NodePortAddresses.Contains(flow.Destination.Address) && byNodePort.TryGetValue(flow.Destination.Port, out endpoints));
            if (known && !endpoints!.Contains(flow.ReplySource))
                yield return flow;
        }
    }
}
