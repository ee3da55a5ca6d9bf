using System.Net;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Networking.V1;
using Berth.Client;
using Berth.Client.Informers;
using IPAddress = System.Net.IPAddress;
using IPAddressObject = Berth.Api.Networking.V1.IPAddress;

namespace Berth.Controllers.ServiceCidrs;

/// <summary>
/// Makes ranges of Service addresses ready for use, and keeps a range that is deleted until no address needs it: until none is in it, or
/// until another range has all of it.
/// </summary>
public sealed class ServiceCidrController : Controller
{
    public const string Finalizer = "networking.k8s.io/service-cidr-finalizer";

    private const string Ready = "Ready";

    // The API server may still be giving out an address of a range that it does not yet know to be deleted.
    private static readonly TimeSpan s_deletionGrace = TimeSpan.FromSeconds(10);

    private readonly Informer<ServiceCIDR> _ranges;
    private readonly Informer<IPAddressObject> _addresses;

    public ServiceCidrController(ControllerContext context)
        : base(context, "service-cidr-controller", workers: 1)
    {
        _ranges = context.Informers.For<ServiceCIDR>();
        _addresses = context.Informers.For<IPAddressObject>();
        _ranges.AddHandler(WakeOverlapping, (_, range) => WakeOverlapping(range), WakeOverlapping);
        _addresses.AddHandler(deleted: WakeContaining);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_ranges.Cache.Get(key) is not { } range)
            return;
        if (range.Metadata.DeletionTimestamp is { } deletedAt)
        {
            await FinishAsync(key, range, deletedAt, ct).ConfigureAwait(false);
            return;
        }

        if (!range.Metadata.Finalizers.Contains(Finalizer))
            range = await Client.UpdateAsync(range with { Metadata = range.Metadata with { Finalizers = range.Metadata.Finalizers.Add(Finalizer) } }, ct: ct).ConfigureAwait(false);
        if (!range.Status.Conditions.Any(c => c is { Type: Ready, Status: "True" }))
            await SetReadyAsync(range, "True", "", "Kubernetes Service CIDR is ready", ct).ConfigureAwait(false);
    }

    private async Task FinishAsync(ObjectKey key, ServiceCIDR range, DateTimeOffset deletedAt, CancellationToken ct)
    {
        if (!range.Metadata.Finalizers.Contains(Finalizer))
            return;
        if (IsNeeded(range))
        {
            await SetReadyAsync(range, "False", "Terminating",
                "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR", ct).ConfigureAwait(false);
            return;
        }

        var left = deletedAt + s_deletionGrace - Time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            Queue.AddAfter(key, left);
            return;
        }

        var finalizers = range.Metadata.Finalizers.Where(f => f != Finalizer).ToApiList();
        await Client.UpdateAsync(range with { Metadata = range.Metadata with { Finalizers = finalizers } }, ct: ct).ConfigureAwait(false);
    }

    private bool IsNeeded(ServiceCIDR range)
    {
        var others = _ranges.Cache.List().Where(r => r.Metadata.Name != range.Metadata.Name).SelectMany(Prefixes).ToList();
        return Prefixes(range)
            .Where(prefix => !others.Any(o => o.PrefixLength <= prefix.PrefixLength && o.Contains(prefix.BaseAddress)))
            .Any(prefix => _addresses.Cache.List().Any(a =>
                a.Metadata.Labels.GetOr(IPAddressController.ManagedBy) == IPAddressController.Manager
                && IPAddress.TryParse(a.Metadata.Name, out var address) && prefix.Contains(address)
                && !others.Any(o => o.Contains(address))));
    }

    private async Task SetReadyAsync(ServiceCIDR range, string status, string reason, string message, CancellationToken ct)
    {
        if (range.Status.Conditions.Any(c => c.Type == Ready && c.Status == status && c.Reason == reason && c.Message == message))
            return;
        var condition = new Condition { Type = Ready, Status = status, Reason = reason, Message = message, LastTransitionTime = Time.GetUtcNow() };
        var conditions = range.Status.Conditions.Where(c => c.Type != Ready).Append(condition).ToApiList();
        await Client.UpdateStatusAsync(range with { Status = range.Status with { Conditions = conditions } }, ct: ct).ConfigureAwait(false);
    }

    private void WakeOverlapping(ServiceCIDR range)
    {
        Enqueue(range);
        var prefixes = Prefixes(range).ToList();
        foreach (var other in _ranges.Cache.List())
        {
            if (Prefixes(other).Any(o => prefixes.Any(p => p.Contains(o.BaseAddress) || o.Contains(p.BaseAddress))))
                Enqueue(other);
        }
    }

    private void WakeContaining(IPAddressObject gone)
    {
        if (!IPAddress.TryParse(gone.Metadata.Name, out var address))
            return;
        foreach (var range in _ranges.Cache.List())
        {
            if (Prefixes(range).Any(p => p.Contains(address)))
                Enqueue(range);
        }
    }

    private static IEnumerable<IPNetwork> Prefixes(ServiceCIDR range) =>
        range.Spec.Cidrs.Select(c => IPNetwork.TryParse(c, out var prefix) ? prefix : (IPNetwork?)null).OfType<IPNetwork>();
}
