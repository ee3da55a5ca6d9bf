using System.Net;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Informers;
using EndpointPort = Berth.Api.Discovery.V1.EndpointPort;

namespace Berth.Controllers.ClusterDns;

/// <summary>
/// Leads the cluster DNS address to the servers that run on every node: keeps the Service kube-system/kube-dns and one slice
/// for each node that says, by <see cref="Announcement"/>, where its server listens. The Service's internal traffic policy is
/// Local: a pod asks the server of its own node, which answers as long as the node lives.
/// </summary>
public sealed class ClusterDnsController : Controller
{
    /// <summary>Annotation of a Node: address and port of its DNS server.</summary>
    public const string Announcement = "berth.dev/cluster-dns";

    private const string Namespace = "kube-system";
    private const string ServiceName = "kube-dns";
    private const string ManagedBy = "dns.berth.dev";

    private static readonly ObjectKey s_service = new(Namespace, ServiceName);

    private readonly IPAddress _address;
    private readonly Informer<Node> _nodes;
    private readonly Informer<Service> _services;
    private readonly Informer<EndpointSlice> _slices;

    /// <param name="address">Cluster address that containers' resolv.conf names.</param>
    public ClusterDnsController(ControllerContext context, IPAddress address)
        : base(context, "cluster-dns-controller", workers: 1)
    {
        _address = address;
        _nodes = context.Informers.For<Node>();
        _services = context.Informers.For<Service>();
        _slices = context.Informers.For<EndpointSlice>();
        _nodes.AddHandler(Enqueue, NodeChanged, null);
        _services.AddHandler(null, (_, service) => Look(service), Look);
        _slices.AddHandler(null, null, slice => Look(slice));
    }

    protected override Task RunBackgroundAsync(CancellationToken ct)
    {
        Queue.Add(s_service);
        return Task.CompletedTask;
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (key.Namespace.Length == 0)
            await EnsureSliceAsync(key.Name, ct).ConfigureAwait(false);
        else
            await EnsureServiceAsync(ct).ConfigureAwait(false);
    }

    private async Task EnsureServiceAsync(CancellationToken ct)
    {
        if (_services.Cache.Get(s_service) is { } present)
        {
            if (present.Spec.InternalTrafficPolicy != "Local")
                await Client.UpdateAsync(present with { Spec = present.Spec with { InternalTrafficPolicy = "Local" } }, ct: ct).ConfigureAwait(false);
            return;
        }

        try
        {
            await Client.CreateAsync(Wanted(), ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            // Its event follows and is looked at then.
        }
    }

    private Service Wanted() => new()
    {
        Metadata = new()
        {
            Namespace = Namespace,
            Name = ServiceName,
            Labels = ApiMap.Of(("k8s-app", "kube-dns"), ("kubernetes.io/cluster-service", "true"), ("kubernetes.io/name", "KubeDNS")),
        },
        Spec = new()
        {
            Type = "ClusterIP",
            ClusterIP = _address.ToString(),
            InternalTrafficPolicy = "Local",
            // No selector: the servers are no pods, and the slices are kept here.
            Ports =
            [
                new() { Name = "dns", Protocol = "UDP", Port = 53, TargetPort = 53 },
                new() { Name = "dns-tcp", Protocol = "TCP", Port = 53, TargetPort = 53 },
            ],
        },
    };

    private async Task EnsureSliceAsync(string nodeName, CancellationToken ct)
    {
        if (_nodes.Cache.Get("", nodeName) is not { } node)
            return; // the garbage collector takes the slice of a node that has gone
        var present = _slices.Cache.Get(Namespace, SliceName(nodeName));
        var wanted = ServerOf(node) is { } server ? Slice(node, server) : null;
        if (wanted is null && present is not null)
            await Client.DeleteAsync<EndpointSlice>(Namespace, SliceName(nodeName), ct: ct).ConfigureAwait(false);
        else if (wanted is not null && present is null)
            await Client.CreateAsync(wanted, ct: ct).ConfigureAwait(false);
        else if (wanted is not null && (!present!.Endpoints.Equals(wanted.Endpoints) || !present.Ports.Equals(wanted.Ports)))
            await Client.UpdateAsync(present with { Endpoints = wanted.Endpoints, Ports = wanted.Ports }, ct: ct).ConfigureAwait(false);
    }

    /// <summary>Null where the node announces none, or one outside its own range: it speaks for its own pods alone.</summary>
    private static IPEndPoint? ServerOf(Node node) =>
        node.Metadata.Annotations.TryGetValue(Announcement, out var text) && IPEndPoint.TryParse(text, out var server)
        && IPNetwork.TryParse(node.Spec.PodCIDR, out var range) && range.Contains(server.Address)
            ? server
            : null;

    private static string SliceName(string node) => $"{ServiceName}-{node}";

    private static EndpointSlice Slice(Node node, IPEndPoint server) => new()
    {
        Metadata = new()
        {
            Namespace = Namespace,
            Name = SliceName(node.Metadata.Name),
            Labels = ApiMap.Of(("kubernetes.io/service-name", ServiceName), ("endpointslice.kubernetes.io/managed-by", ManagedBy)),
            OwnerReferences = [new OwnerReference { ApiVersion = "v1", Kind = "Node", Name = node.Metadata.Name, Uid = node.Metadata.Uid }],
        },
        AddressType = server.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4",
        Endpoints =
        [
            new()
            {
                Addresses = [server.Address.ToString()],
                NodeName = node.Metadata.Name,
                Conditions = new() { Ready = true, Serving = true, Terminating = false },
            },
        ],
        Ports =
        [
            new EndpointPort { Name = "dns", Protocol = "UDP", Port = server.Port },
            new EndpointPort { Name = "dns-tcp", Protocol = "TCP", Port = server.Port },
        ],
    };

    private void NodeChanged(Node old, Node node)
    {
        if (old.Spec.PodCIDR != node.Spec.PodCIDR || old.Metadata.Annotations.GetOr(Announcement) != node.Metadata.Annotations.GetOr(Announcement))
            Enqueue(node);
    }

    private void Look(Service service)
    {
        if (ObjectKey.Of(service) == s_service)
            Queue.Add(s_service);
    }

    private void Look(EndpointSlice slice)
    {
        if (slice.Metadata.Namespace == Namespace && slice.Metadata.Name.StartsWith(ServiceName + "-", StringComparison.Ordinal))
            Queue.Add(new ObjectKey("", slice.Metadata.Name[(ServiceName.Length + 1)..]));
    }
}
