using System.Net;
using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Networking.V1;
using Berth.ApiServer.Pki;
using Berth.ApiServer.Registry;
using Berth.Resources.Addresses;

namespace Berth.ApiServer.Bootstrap;

/// <summary>
/// Keeps the Service default/kubernetes, by which pods find the API server, and its Endpoints and EndpointSlice; and the
/// ServiceCIDR kubernetes, whose first address is that Service's.
/// </summary>
/// <param name="serviceCidr">Of Services.</param>
/// <param name="advertised">
/// Where pods reach the server: never a loopback address, which in a pod is the pod itself. Null: nowhere; the Service then
/// has no endpoints.
/// </param>
public sealed class KubernetesServiceReconciler(IObjectReader objects, BootstrapWriter writer, IpRanges serviceCidr, IPEndPoint? advertised)
{
    private const string Namespace = "default";
    private const string Name = "kubernetes";
    private const int AttemptsMax = 5;

    public async Task EnsureAsync(CancellationToken cancellation)
    {
        await EnsureRangeAsync(cancellation);
        await EnsureAsync(WantedService(), (present, wanted) => present with
        {
            // The type, and extra ports and labels, are the administrator's.
            Spec = present.Spec with
            {
                ClusterIP = present.Spec.ClusterIP.Length > 0 ? present.Spec.ClusterIP : wanted.Spec.ClusterIP,
                Ports = present.Spec.Ports.Any(p => p.Name == "https" && p.TargetPort == wanted.Spec.Ports[0].TargetPort)
                    ? present.Spec.Ports
                    : [.. wanted.Spec.Ports, .. present.Spec.Ports.Where(p => p.Name != "https")],
            },
        }, cancellation);
        await EnsureAsync(WantedEndpoints(), (present, wanted) => present with { Subsets = wanted.Subsets, Metadata = Labelled(present.Metadata, wanted.Metadata) }, cancellation);
        await EnsureAsync(WantedSlice(), (present, wanted) => present with { Endpoints = wanted.Endpoints, Ports = wanted.Ports, Metadata = Labelled(present.Metadata, wanted.Metadata) }, cancellation);
    }

    /// <summary>The range as clients see it. Where a cluster was made with another one, that object stays: addresses of it are in use.</summary>
    private async Task EnsureRangeAsync(CancellationToken cancellation)
    {
        var range = await objects.GetAsync<ServiceCIDR>(null, Name, cancellation);
        if (range is null)
        {
            await writer.CreateAsync(new ServiceCIDR { Metadata = new() { Name = Name }, Spec = new() { Cidrs = [.. serviceCidr.All.Select(c => c.ToString())] } }, cancellation);
            range = await objects.GetAsync<ServiceCIDR>(null, Name, cancellation);
        }

        // A cluster that was made with one family and is given the other gets it; what it has stays.
        if (range is { Spec.Cidrs: [var only] } && serviceCidr.IsDualStack && only == serviceCidr.Primary.ToString())
        {
            await writer.UpdateAsync(range with { Spec = range.Spec with { Cidrs = [.. serviceCidr.All.Select(c => c.ToString())] } }, cancellation);
            range = await objects.GetAsync<ServiceCIDR>(null, Name, cancellation);
        }

        if (range is null || range.Status.Conditions.Any(c => c.Type == "Ready")) return;
        var ready = new Condition
        {
            Type = "Ready", Status = "True", LastTransitionTime = range.Metadata.CreationTimestamp ?? default, Message = "Kubernetes default Service CIDR is ready",
        };
        await writer.UpdateAsync(range with { Status = range.Status with { Conditions = [.. range.Status.Conditions, ready] } }, cancellation, "status");
    }

    private int Port => advertised?.Port ?? 6443;

    private static ObjectMeta Labelled(ObjectMeta present, ObjectMeta wanted) => present with { Labels = present.Labels.With(wanted.Labels) };

    private Service WantedService()
    {
        var address = SubjectNames.FirstAddress(serviceCidr.Primary);
        return new()
        {
            Metadata = new() { Name = Name, Namespace = Namespace, Labels = ApiMap.Of(("component", "apiserver"), ("provider", "kubernetes")) },
            Spec = new()
            {
                Type = "ClusterIP",
                ClusterIP = address.ToString(),
                ClusterIPs = [address.ToString()],
                SessionAffinity = "None",
                IpFamilies = [address.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4"],
                IpFamilyPolicy = "SingleStack",
                Ports = [new() { Name = "https", Protocol = "TCP", Port = 443, TargetPort = Port }],
            },
        };
    }

    private Endpoints WantedEndpoints() => new()
    {
        // The slice below is ours already: the mirroring controller is to leave this alone.
        Metadata = new() { Name = Name, Namespace = Namespace, Labels = ApiMap.Of(("endpointslice.kubernetes.io/skip-mirror", "true")) },
        Subsets = advertised is null
            ? []
            : [new() { Addresses = [new() { Ip = advertised.Address.ToString() }], Ports = [new() { Name = "https", Port = Port, Protocol = "TCP" }] }],
    };

    private EndpointSlice WantedSlice() => new()
    {
        Metadata = new() { Name = Name, Namespace = Namespace, Labels = ApiMap.Of(("kubernetes.io/service-name", Name)) },
        AddressType = advertised?.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4",
        Endpoints = advertised is null
            ? []
            : [new() { Addresses = [advertised.Address.ToString()], Conditions = new() { Ready = true } }],
        Ports = [new() { Name = "https", Protocol = "TCP", Port = Port }],
    };

    private async Task EnsureAsync<T>(T wanted, Func<T, T, T> reconcile, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var present = await objects.GetAsync<T>(Namespace, Name, cancellation);
            if (present is null)
            {
                if (await writer.CreateAsync(wanted, cancellation)) return;
                continue;
            }

            var changed = reconcile(present, wanted);
            if (changed.Equals(present) || await writer.UpdateAsync(changed, cancellation)) return;
        }
    }
}
