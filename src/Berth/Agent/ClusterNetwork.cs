using System.Net;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Bootstrap;
using Berth.Instance;
using Berth.Network.PodNetwork;
using Berth.Resources.Addresses;

namespace Berth.Agent;

/// <summary>The cluster's network as the control plane tells it to nodes.</summary>
internal sealed record ClusterNetwork(IpRanges PodCidr, IpRanges ServiceCidr, string ClusterDomain, PodNetworkMode Mode, PodPeer? ControlPlane)
{
    /// <exception cref="UserErrorException">It was written by another version.</exception>
    public static ClusterNetwork Read(ConfigMap map)
    {
        try
        {
            var data = map.Data;
            var addresses = data["controlPlaneAddress"].Split(',');
            return new(
                IpRanges.Parse(data["podCidr"]),
                IpRanges.Parse(data["serviceCidr"]),
                data["clusterDomain"],
                OptionValues.ParsePodNetwork(data["podNetwork"]),
                new PodPeer("", IPAddress.Parse(addresses[0]), IpRanges.Parse(data["controlPlaneRange"])) 
                {
                    OtherAddress = addresses.Length > 1 ? IPAddress.Parse(addresses[1]) : null,
                    Key = data.GetOr("controlPlaneKey", "") is { Length: > 0 } key ? key : null,
                });
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException)
        {
            throw new UserErrorException($"the ConfigMap {ClusterFacts.Namespace}/{ClusterFacts.NetworkName} cannot be understood: {e.Message}", "use the server's version of berth on this machine too", e);
        }
    }
}
