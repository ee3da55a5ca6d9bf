using System.Net;
using Berth.Api.Core.V1;
using Berth.ApiServer.Bootstrap;
using Berth.Instance;
using Berth.Network.PodNetwork;

namespace Berth.Agent;

/// <summary>The cluster's network as the control plane tells it to nodes.</summary>
internal sealed record ClusterNetwork(IPNetwork PodCidr, IPNetwork ServiceCidr, string ClusterDomain, PodNetworkMode Mode, PodPeer? ControlPlane)
{
    /// <exception cref="UserErrorException">It was written by another version.</exception>
    public static ClusterNetwork Read(ConfigMap map)
    {
        try
        {
            var data = map.Data;
            return new(
                IPNetwork.Parse(data["podCidr"]),
                IPNetwork.Parse(data["serviceCidr"]),
                data["clusterDomain"],
                OptionValues.ParsePodNetwork(data["podNetwork"]),
                new PodPeer("", IPAddress.Parse(data["controlPlaneAddress"]), IPNetwork.Parse(data["controlPlaneRange"])));
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException)
        {
            throw new UserErrorException($"the ConfigMap {ClusterFacts.Namespace}/{ClusterFacts.NetworkName} cannot be understood: {e.Message}", "use the server's version of berth on this machine too", e);
        }
    }
}
