using System.Collections.Concurrent;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Resources.Claims;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Scheduler.Plugins.Claims;

/// <summary>
/// Pods with resource claims go where the devices of their claims can be reached; claims that have no devices yet are given
/// those of the node that is chosen.
/// </summary>
/// <remarks>
/// 1. The pod's claims must exist, be its own and be usable. 2. A node must be in reach of what is allocated, and 3. have the
/// devices for what is not: the allocator tries each node. 4. The choice is held, 5. written with the pod's reservation
/// before the pod is bound, and 6. drivers that ask for it get time to make the devices ready. 7. A claim that only this
/// pod wants, and that keeps it from every node by what it was given before, is deallocated, so that it can be had elsewhere.
/// </remarks>
public sealed class DynamicResources(ClaimBook book, IClusterClient client, TimeProvider time) : IFilterPlugin, IReservePlugin
{
    /// <summary>What <see cref="ClusterEvent.Other"/> calls devices that came, changed or became free.</summary>
    public const string DevicesChanged = "ResourceSlice";

    // As kube-scheduler waits for binding conditions.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    private readonly ClaimWriter _writer = new(book, client, time);
    private readonly ConcurrentDictionary<string, ObjectKey> _blocking = new(StringComparer.Ordinal);
    private (string PodUid, ClaimAllocator? Allocator, Dictionary<Node, (ClaimOutcome, ResourceClaim?, ApiList<ContainerExtendedResourceRequest>)> ByNode) _tried = ("", null, []);

    public string Name => nameof(DynamicResources);

    public void PreFilter(PodContext pod, ClusterState state, Candidates candidates)
    {
        _blocking.TryRemove(pod.Pod.Metadata.Uid, out _);
        // 1.
        foreach (var entry in pod.Pod.Spec.ResourceClaims)
        {
            if (Problem(pod.Pod, entry) is not { } problem)
                continue;
            candidates.RejectPod(Name, problem);
            return;
        }
    }

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        var claims = ClaimsOf(pod.Pod).ToList();
        var extended = MayBeExtended(pod.Pod) && !claims.Exists(c => ExtendedResourceClaims.IsFor(c, pod.Pod));
        if (claims.Count == 0 && !extended)
            return;
        // 2.
        foreach (var claim in claims)
        {
            if (claim.Status.Allocation?.NodeSelector is not { } selector)
                continue;
            foreach (var row in candidates.Remaining)
            {
                if (NodeReach.Matches(selector, state.Node(row)))
                    continue;
                candidates.Reject(row, Name, resolvable: false, "resourceclaim not available on the node");
                _blocking[pod.Pod.Metadata.Uid] = ObjectKey.Of(claim);
            }
        }

        // 3.
        var wanted = claims.Where(c => c.Status.Allocation is null).ToList();
        if (wanted.Count == 0 && !extended)
            return;
        foreach (var row in candidates.Remaining)
        {
            if (Try(pod.Pod, wanted, extended, state.Node(row)).Outcome.Obstacle is { } obstacle)
                candidates.Reject(row, Name, resolvable: false, $"cannot allocate all claims: {obstacle}");
        }
    }

    public bool MayHelp(Pod pod, ClusterEvent change) => change switch
    {
        ClusterEvent.Other("ResourceClaim", var ns, _) => ns == pod.Metadata.Namespace,
        ClusterEvent.Other(DevicesChanged, _, _) => true,
        ClusterEvent.SelfChanged or ClusterEvent.NodeAdded => true,
        ClusterEvent.NodeChanged(var old, var node) => !old.Metadata.Labels.Equals(node.Metadata.Labels),
        // A decision was undone: what it held is free again.
        ClusterEvent.PodGone(var gone) => gone.Spec.ResourceClaims.Count > 0,
        _ => false,
    };

    public bool Reserve(Pod pod, Node node)
    {
        var claims = ClaimsOf(pod).ToList();
        var wanted = claims.Where(c => c.Status.Allocation is null).ToList();
        var extended = MayBeExtended(pod) && !claims.Exists(c => ExtendedResourceClaims.IsFor(c, pod));
        var making = false;
        if (wanted.Count > 0 || extended)
        {
            // 4. From the same state as the filter; whatever came in between is seen here.
            var (outcome, made, mappings) = Try(pod, wanted, extended, node);
            var all = made is null ? wanted : [.. wanted, made];
            making = made is not null;
            var given = outcome.Obstacle is null
                ? all.Select((c, i) => KeyValuePair.Create(c.Metadata.Uid, outcome.Allocations[i])).ToDictionary(StringComparer.Ordinal)
                : [];
            if (all.Count > 0)
                book.Reserve(new PendingAllocation(pod.Metadata.Uid, node.Metadata.Name, given, outcome.Obstacle?.ToString()) { Extended = made, Mappings = mappings });
        }

        return making || claims.Exists(c => c.Status.Allocation is null || !PodClaims.IsReservedFor(c, pod) || !BindingConditions.AreMet(c));
    }

    public async Task PreBindAsync(Pod pod, Node node, CancellationToken ct)
    {
        var pending = book.Pending(pod.Metadata.Uid);
        if (pending?.Problem is { } problem)
            throw Failed(problem);
        // Looked up once: a claim that went between two looks would be missed by both.
        var claims = ClaimsOf(pod).ToList();
        if (PodClaims.KeysOf(pod).Except(claims.Select(ObjectKey.Of)).Select(k => $"{k}").FirstOrDefault() is { } gone)
            throw Failed($"claim {gone} got deleted in the meantime");
        var written = new List<ObjectKey>();
        try
        {
            // 5.
            foreach (var claim in claims)
            {
                var key = ObjectKey.Of(claim);
                var allocation = pending?.Allocations.GetValueOrDefault(claim.Metadata.Uid);
                if (allocation is null && PodClaims.IsReservedFor(claim, pod))
                    continue;
                await _writer.BindAsync(key, claim.Metadata.Uid, pod, allocation, ct).ConfigureAwait(false);
                written.Add(key);
            }

            if (pending?.Extended is { } extended)
            {
                var made = await _writer.CreateExtendedAsync(pod, extended, pending.Mappings, ct).ConfigureAwait(false);
                written.Add(ObjectKey.Of(made));
                await _writer.BindAsync(ObjectKey.Of(made), made.Metadata.Uid, pod, pending.Allocations[extended.Metadata.Uid], ct).ConfigureAwait(false);
            }

            // 6.
            await UntilReadyAsync(pod, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ApiException or PreBindException)
        {
            foreach (var key in written)
                await ReleaseAsync(key, pod, ct).ConfigureAwait(false);
            throw Failed(e.Message, e);
        }
    }

    public void Unreserve(string podUid) => book.Unreserve(podUid);

    public Task AfterRefusalAsync(Pod pod, CancellationToken ct)
    {
        // 7.
        if (!_blocking.TryRemove(pod.Metadata.Uid, out var key) || book.Claim(key) is not { Status.Allocation: not null } claim)
            return Task.CompletedTask;
        return claim.Status.ReservedFor.All(r => r.Uid == pod.Metadata.Uid) ? ReleaseAsync(key, pod, ct) : Task.CompletedTask;
    }

    private IEnumerable<ResourceClaim> ClaimsOf(Pod pod)
    {
        var claims = PodClaims.KeysOf(pod).Select(book.Claim).OfType<ResourceClaim>();
        // One from a binding that failed, which the pod does not know of.
        return pod.Status.ExtendedResourceClaimStatus is null && MayBeExtended(pod) && book.ExtendedOf(pod) is { } left ? claims.Append(left) : claims;
    }

    private bool MayBeExtended(Pod pod) => pod.Spec.Containers.Concat(pod.Spec.InitContainers)
        .Any(c => c.Resources.Limits.Any(l => l.Key.Contains('/', StringComparison.Ordinal) && book.ClassBehind(l.Key) is not null));

    /// <param name="extended">Whether the pod's extended resources are to be claimed too, where the node does not count them itself.</param>
    private (ClaimOutcome Outcome, ResourceClaim? Extended, ApiList<ContainerExtendedResourceRequest> Mappings) Try(Pod pod, List<ResourceClaim> wanted, bool extended, Node node)
    {
        var allocator = book.Allocator;
        if (_tried.PodUid != pod.Metadata.Uid || _tried.Allocator != allocator)
            _tried = (pod.Metadata.Uid, allocator, new(ReferenceEqualityComparer.Instance));
        if (!_tried.ByNode.TryGetValue(node, out var outcome))
        {
            try
            {
                var made = extended ? ExtendedResourceClaims.For(pod, r => node.Status.Allocatable.GetOr(r).IsZero ? book.ClassBehind(r) : null) : null;
                if (made is var (claim, mappings))
                {
                    claim = claim with { Metadata = claim.Metadata with { Uid = PendingAllocation.ExtendedUid(pod.Metadata.Uid) } };
                    outcome = (allocator.Allocate([.. wanted, claim], node, NewShareId), claim, mappings);
                }
                else
                {
                    outcome = (allocator.Allocate(wanted, node, NewShareId), null, []);
                }
            }
            catch (FormatException e)
            {
                outcome = (new ClaimOutcome([], new ClaimObstacle(ObjectKey.Of(pod), "", $"a node selector of a ResourceSlice cannot be read: {e.Message}")), null, []);
            }

            _tried.ByNode.Add(node, outcome);
        }

        return outcome;

        static string NewShareId() => Guid.NewGuid().ToString();
    }

    // What cannot be taken back now is found by the next try, or by whoever looks after claims once the pod is gone.
    private async Task ReleaseAsync(ObjectKey key, Pod pod, CancellationToken ct)
    {
        try
        {
            await _writer.ReleaseAsync(key, pod, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
        }
    }

    private PreBindException Failed(string why, Exception? inner = null) => new($"running PreBind plugin \"{Name}\": {why}", inner);

    private async Task UntilReadyAsync(Pod pod, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(s_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        while (true)
        {
            var change = book.NextChange;
            var claims = ClaimsOf(pod).ToList();
            if (claims.Select(BindingConditions.Failure).OfType<string>().FirstOrDefault() is { } failure)
                throw new PreBindException(failure);
            if (claims.TrueForAll(BindingConditions.AreMet))
                return;
            try
            {
                await change.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
            {
                throw new PreBindException("device binding timeout", e);
            }
        }
    }

    private string? Problem(Pod pod, PodResourceClaim entry)
    {
        var (ns, podName) = (pod.Metadata.Namespace, pod.Metadata.Name);
        var name = PodClaims.NameOf(pod, entry);
        if (name is null)
            return null;
        if (name.Length == 0)
            return $"pod \"{ns}/{podName}\": ResourceClaim not created yet";
        if (book.Claim(new ObjectKey(ns, name)) is not { } claim)
            return $"resourceclaim \"{name}\" not found";
        if (claim.Metadata.DeletionTimestamp is not null)
            return $"resourceclaim \"{name}\" is being deleted";
        if (entry.ResourceClaimTemplateName is not null && !PodClaims.IsOwnedBy(claim, pod))
            return $"ResourceClaim {ns}/{name} was not created for Pod {ns}/{podName} (Pod is not owner)";
        if (claim.Status.Allocation is not null)
            return !PodClaims.IsReservedFor(claim, pod) && claim.Status.ReservedFor.Count >= PodClaims.UsersMax ? "resourceclaim in use" : null;
        if (book.AllocatingFor(claim) is { } other && other != pod.Metadata.Uid)
            return $"resource claim {ns}/{name} is in the process of being allocated";
        return ClaimAllocator.Problem(claim, book.Class) is { } obstacle ? $"request {obstacle.Request}: {obstacle.Reason}" : null;
    }
}
