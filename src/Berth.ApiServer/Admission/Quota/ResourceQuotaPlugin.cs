using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.Resources.Quota;
using Berth.Resources.Volumes;

namespace Berth.ApiServer.Admission.Quota;

/// <summary>
/// Refuses what would take a namespace over one of its quotas. What is used is counted from the stored objects and from the
/// requests in flight, not read from the quotas' status, which follows later.
/// </summary>
/// <remarks>
/// Requests of one namespace are counted one after the other, under one lock: two that fit alone but not together cannot both
/// pass. A claim ends when its request fails, or when its object is seen in the cache.
/// </remarks>
public sealed class ResourceQuotaPlugin(IObjectReader objects, TimeProvider clock) : IAdmissionPlugin
{
    // A stored object is soon in the cache. One that is not, after so long, was deleted in between.
    private static readonly TimeSpan s_claimLimit = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly List<Claim> _claims = [];

    public string Name => "ResourceQuota";

    public ValueTask ValidateAsync(AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        if (value is null || attributes.Namespace.Length == 0 || !Counts(attributes, value, old))
            return ValueTask.CompletedTask;
        var quotas = objects.List<ResourceQuota>(attributes.Namespace);
        if (quotas.Count == 0)
            return ValueTask.CompletedTask;
        lock (_lock)
        {
            _claims.RemoveAll(IsOver);
            var usage = QuotaUsage.Of(value);
            foreach (var quota in quotas.OrderBy(q => q.Metadata.Name, StringComparer.Ordinal))
                Check(attributes, quota, value, old, usage);
            var claim = new Claim(value, old);
            _claims.Add(claim);
            attributes.OnFinished(stored =>
            {
                lock (_lock)
                {
                    if (stored && !attributes.DryRun)
                        claim.StoredAt = clock.GetUtcNow();
                    else
                        _claims.Remove(claim);
                }
            });
        }

        return ValueTask.CompletedTask;
    }

    private static bool Counts(AdmissionAttributes attributes, IApiObject value, IApiObject? old) => (attributes.Operation, attributes.Subresource) switch
    {
        (AdmissionOperation.Create, "") => value is not (Event or Api.Events.V1.Event or Binding),
        (AdmissionOperation.Update, "") => value is Service or PersistentVolumeClaim
            || (value is Pod pod && old is Pod before && pod.Spec.ActiveDeadlineSeconds is null != before.Spec.ActiveDeadlineSeconds is null),
        (AdmissionOperation.Update, "resize") => value is Pod,
        // A volume that was changed or grew may come under another quota, or count for more.
        (AdmissionOperation.Update, "status") => value is PersistentVolumeClaim claim && old is PersistentVolumeClaim was
            && (!AttributesClasses.Of(claim).ToHashSet().SetEquals(AttributesClasses.Of(was)) || !claim.Status.AllocatedResources.Equals(was.Status.AllocatedResources)),
        _ => false,
    };

    private void Check(AdmissionAttributes attributes, ResourceQuota quota, IApiObject value, IApiObject? old, ApiMap<Quantity> usage)
    {
        if (!QuotaUsage.Matches(quota, value))
            return;
        if (value is Pod pod && QuotaUsage.Unstated(quota, pod) is { } unstated)
            throw Refuse($"failed quota: {quota.Metadata.Name}: must specify {unstated}");
        var requested = QuotaUsage.Limited(quota, usage);
        if (old is not null && QuotaUsage.Matches(quota, old))
            requested = requested.Select(e => KeyValuePair.Create(e.Key, e.Value - QuotaUsage.Of(old).GetOr(e.Key))).Where(e => e.Value > Quantity.Zero).ToApiMap();
        if (requested.IsEmpty)
            return;
        var used = Used(quota, value, old);
        var exceeded = requested.Where(e => used.GetOr(e.Key) + e.Value > quota.Spec.Hard[e.Key]).Select(e => e.Key).ToList();
        if (exceeded.Count > 0)
            throw Refuse($"exceeded quota: {quota.Metadata.Name}, requested: {Show(requested)}, used: {Show(used)}, limited: {Show(quota.Spec.Hard)}");

        string Show(ApiMap<Quantity> amounts) => string.Join(",", exceeded.Select(name => $"{name}={amounts.GetOr(name)}"));

        ApiStatusException Refuse(string message) => ApiStatusException.Forbidden(value.KindInfo, value.Metadata.Name, message);
    }

    private ApiMap<Quantity> Used(ResourceQuota quota, IApiObject value, IApiObject? old)
    {
        var used = QuotaStatus.Used(quota, objects);
        foreach (var claim in _claims)
        {
            if (claim.Value.Metadata.Namespace != quota.Metadata.Namespace || !QuotaUsage.Matches(quota, claim.Value))
                continue;
            var added = QuotaUsage.Limited(quota, QuotaUsage.Of(claim.Value));
            if (claim.Old is { } before)
                added = added.Select(e => KeyValuePair.Create(e.Key, e.Value - QuotaUsage.Of(before).GetOr(e.Key))).Where(e => e.Value > Quantity.Zero).ToApiMap();
            used = QuotaUsage.Sum(used, added);
        }

        return used;
    }

    private bool IsOver(Claim claim) =>
        claim.StoredAt is { } stored && (clock.GetUtcNow() - stored > s_claimLimit || QuotaStatus.IsStored(objects, claim.Value));

    private sealed class Claim(IApiObject value, IApiObject? old)
    {
        public IApiObject Value { get; } = value;

        public IApiObject? Old { get; } = old;

        /// <summary>Null while the request is in flight.</summary>
        public DateTimeOffset? StoredAt { get; set; }
    }
}
