using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Informers;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;
using ResourceClaimConsumerReference = Berth.Api.Resource.V1.ResourceClaimConsumerReference;

namespace Berth.Scheduler.Plugins.Claims;

/// <summary>
/// Pods with resource claims go where the devices of their claims can be reached. Claims are taken as others have allocated
/// them: a pod whose claim is not allocated waits, and says so.
/// </summary>
/// <remarks>Before the pod is bound, each claim is reserved for it through the API: a claim has 256 users at most.</remarks>
public sealed class DynamicResources(InformerCache<ResourceClaim> claims, IClusterClient client) : IFilterPlugin, IReservePlugin
{
    // As the API has it.
    private const int UsersMax = 256;

    public string Name => nameof(DynamicResources);

    public void PreFilter(PodContext pod, ClusterState state, Candidates candidates)
    {
        foreach (var asked in pod.Pod.Spec.ResourceClaims)
        {
            if (Problem(pod.Pod, asked) is not { } problem)
                continue;
            candidates.RejectPod(Name, problem);
            return;
        }
    }

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        foreach (var claim in ClaimsOf(pod.Pod))
        {
            if (claim.Status.Allocation?.NodeSelector is not { } selector)
                continue;
            var terms = selector.NodeSelectorTerms.Select(t => new NodeTerm(t)).ToList();
            foreach (var row in candidates.Remaining)
            {
                if (!terms.Exists(t => t.Matches(state.Node(row))))
                    candidates.Reject(row, Name, resolvable: false, "resourceclaim not available on the node");
            }
        }
    }

    public bool MayHelp(Pod pod, ClusterEvent change) => change switch
    {
        ClusterEvent.Other("ResourceClaim", var ns, _) => ns == pod.Metadata.Namespace,
        ClusterEvent.SelfChanged or ClusterEvent.NodeAdded => true,
        ClusterEvent.NodeChanged(var old, var node) => !old.Metadata.Labels.Equals(node.Metadata.Labels),
        _ => false,
    };

    public bool Reserve(Pod pod, Node node) => ClaimsOf(pod).Any(c => !IsUser(c, pod));

    public async Task PreBindAsync(Pod pod, Node node, CancellationToken ct)
    {
        foreach (var claim in ClaimsOf(pod).Where(c => !IsUser(c, pod)).ToList())
        {
            var user = new ResourceClaimConsumerReference { Resource = "pods", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid };
            try
            {
                await client.UpdateStatusAsync(claim with { Status = claim.Status with { ReservedFor = claim.Status.ReservedFor.Add(user) } }, ct: ct).ConfigureAwait(false);
            }
            catch (ApiException e)
            {
                throw new PreBindException($"running PreBind plugin \"{Name}\": {e.Message}", e);
            }
        }
    }

    // A reservation that was written stays: the pod is tried again, and whoever looks after claims clears it once the pod is gone.
    public void Unreserve(string podUid)
    {
    }

    private static bool IsUser(ResourceClaim claim, Pod pod) => claim.Status.ReservedFor.Any(r => r.Uid == pod.Metadata.Uid);

    /// <summary>Null when the pod needs no claim by that entry; empty when the claim has not been made yet.</summary>
    private static string? NameOf(Pod pod, PodResourceClaim asked)
    {
        if (asked.ResourceClaimName is { } named)
            return named;
        var made = pod.Status.ResourceClaimStatuses.FirstOrDefault(s => s.Name == asked.Name);
        return made is null ? "" : made.ResourceClaimName;
    }

    private IEnumerable<ResourceClaim> ClaimsOf(Pod pod) => pod.Spec.ResourceClaims
        .Select(c => NameOf(pod, c)).OfType<string>().Select(n => claims.Get(pod.Metadata.Namespace, n)).OfType<ResourceClaim>();

    private string? Problem(Pod pod, PodResourceClaim asked)
    {
        var (ns, podName) = (pod.Metadata.Namespace, pod.Metadata.Name);
        var name = NameOf(pod, asked);
        if (name is null)
            return null;
        if (name.Length == 0)
            return $"pod \"{ns}/{podName}\": ResourceClaim not created yet";
        if (claims.Get(ns, name) is not { } claim)
            return $"resourceclaim \"{name}\" not found";
        if (claim.Metadata.DeletionTimestamp is not null)
            return $"resourceclaim \"{name}\" is being deleted";
        if (asked.ResourceClaimTemplateName is not null && !claim.Metadata.OwnerReferences.Any(o => o.Uid == pod.Metadata.Uid))
            return $"ResourceClaim {ns}/{name} was not created for Pod {ns}/{podName} (Pod is not owner)";
        if (claim.Status.Allocation is null)
            return $"resourceclaim \"{name}\" is not allocated, and this scheduler allocates no devices to claims";
        return !IsUser(claim, pod) && claim.Status.ReservedFor.Count >= UsersMax ? "resourceclaim in use" : null;
    }
}
