using System.Text;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Pki;

namespace Berth.ApiServer.Bootstrap;

/// <summary>
/// What machines that join are told, in two ConfigMaps of kube-public: <c>cluster-info</c>, which anybody may read, with the
/// server's address and authority as in clusters made by kubeadm; and <c>berth-network</c>, for nodes, with the ranges.
/// </summary>
/// <param name="Server">By which other machines reach the API server.</param>
/// <param name="PodNetwork">How pods of different nodes reach each other: auto, routes, vxlan or wireguard.</param>
/// <param name="ControlPlaneRange">Range of the control plane's own machine, and the address that it is reached by.</param>
public sealed record ClusterFacts(Uri Server, string PodCidr, string ServiceCidr, string ClusterDomain, string PodNetwork, string ControlPlaneRange, string ControlPlaneAddress)
{
    public const string Namespace = "kube-public";
    public const string InfoName = "cluster-info";
    public const string NetworkName = "berth-network";

    internal ConfigMap Info(CertificateAuthority authority) => Map(InfoName, ApiMap.Of(("kubeconfig", $$"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: ""
          cluster:
            server: {{Server.GetLeftPart(UriPartial.Authority)}}
            certificate-authority-data: {{Convert.ToBase64String(Encoding.UTF8.GetBytes(authority.Pem))}}
        contexts: null
        current-context: ""
        preferences: {}
        users: null

        """)));

    /// <summary>Public key of the control plane's machine, where pods' packets between machines are encrypted.</summary>
    public string ControlPlaneKey { get; init; } = "";

    internal ConfigMap Network() => Map(NetworkName, ApiMap.Of(
        ("controlPlaneKey", ControlPlaneKey),
        ("podCidr", PodCidr),
        ("serviceCidr", ServiceCidr),
        ("clusterDomain", ClusterDomain),
        ("podNetwork", PodNetwork),
        ("controlPlaneRange", ControlPlaneRange),
        ("controlPlaneAddress", ControlPlaneAddress)));

    private static ConfigMap Map(string name, ApiMap<string> data) =>
        new() { Metadata = new() { Namespace = Namespace, Name = name }, Data = data };
}
