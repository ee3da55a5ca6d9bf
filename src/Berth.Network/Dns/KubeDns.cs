using System.Net;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Meta.V1;
using EndpointPort = Berth.Api.Discovery.V1.EndpointPort;

namespace Berth.Network.Dns;

/// <summary>The API objects that lead from the cluster DNS address to the server. Names and labels are those that clusters have, which tools look for.</summary>
internal static class KubeDns
{
    public static Service Service(IPAddress address) => new()
    {
        Metadata = new ObjectMeta
        {
            Namespace = ClusterDnsOptions.ServiceNamespace,
            Name = ClusterDnsOptions.ServiceName,
            Labels = ApiMap.Of(("k8s-app", "kube-dns"), ("kubernetes.io/cluster-service", "true"), ("kubernetes.io/name", "KubeDNS")),
        },
        Spec = new ServiceSpec
        {
            Type = "ClusterIP",
            ClusterIP = address.ToString(),
            // No selector: the server is no pod, and the slice below is kept by us.
            Ports =
            [
                new ServicePort { Name = "dns", Protocol = "UDP", Port = 53, TargetPort = 53 },
                new ServicePort { Name = "dns-tcp", Protocol = "TCP", Port = 53, TargetPort = 53 },
            ],
        },
    };

    public static EndpointSlice Slice(IPEndPoint server) => new()
    {
        Metadata = new ObjectMeta
        {
            Namespace = ClusterDnsOptions.ServiceNamespace,
            Name = ClusterDnsOptions.ServiceName,
            Labels = ApiMap.Of((ServiceIndex.ServiceNameLabel, ClusterDnsOptions.ServiceName), ("endpointslice.kubernetes.io/managed-by", "dns.berth.dev")),
        },
        AddressType = server.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4",
        Endpoints = [new Endpoint { Addresses = [server.Address.ToString()], Conditions = new EndpointConditions { Ready = true, Serving = true, Terminating = false } }],
        Ports =
        [
            new EndpointPort { Name = "dns", Protocol = "UDP", Port = server.Port },
            new EndpointPort { Name = "dns-tcp", Protocol = "TCP", Port = server.Port },
        ],
    };
}
