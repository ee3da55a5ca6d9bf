using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Subresources;

/// <summary>Where a node's agent listens.</summary>
internal static class NodeAddress
{
    private const int AgentPort = 10250;

    // As kube-apiserver prefers them.
    private static readonly string[] s_types = ["Hostname", "InternalDNS", "InternalIP", "ExternalDNS", "ExternalIP"];

    /// <exception cref="ApiStatusException">404: there is no such node; 503: it has no address.</exception>
    public static UriBuilder Of(RegistryCatalog registries, string nodeName)
    {
        var node = registries.For<Node>().Cache.Current.Get(new ObjectKey("", nodeName))?.Value as Node
            ?? throw ApiStatusException.NotFound(Node.Kind, nodeName);
        // An address before a name: the API server need not be able to resolve node names.
        var address = node.Status.Addresses.FirstOrDefault(a => a.Type == "InternalIP")
            ?? s_types.Select(t => node.Status.Addresses.FirstOrDefault(a => a.Type == t)).FirstOrDefault(a => a is not null)
            ?? throw ApiStatusException.ServiceUnavailable($"no preferred addresses found; known addresses: [] (node {nodeName})");
        var port = node.Status.DaemonEndpoints.KubeletEndpoint.Port;
        return new UriBuilder("https", address.Address, port == 0 ? AgentPort : port);
    }
}
