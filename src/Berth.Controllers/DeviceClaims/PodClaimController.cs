using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Resource.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Resources.Claims;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Controllers.DeviceClaims;

/// <summary>
/// Makes the claims that pods ask for by template, tells pods their names, and reserves claims for pods that were given
/// their node by somebody else than the scheduler.
/// </summary>
public sealed class PodClaimController : Controller
{
    private readonly Informer<Pod> _pods;
    private readonly Informer<ResourceClaim> _claims;
    private readonly Informer<ResourceClaimTemplate> _templates;
    private readonly EventRecorder _events;

    public PodClaimController(ControllerContext context)
        : base(context, "resource-claim-controller", workers: 8)
    {
        _events = context.Events("resource_claim");
        _pods = context.Informers.For<Pod>();
        _claims = context.Informers.For<ResourceClaim>();
        _templates = context.Informers.For<ResourceClaimTemplate>();
        ClaimUsers.Index(_pods);
        ClaimUsers.Index(_claims);
        _pods.Cache.AddIndex(ByTemplate, TemplatesOf);
        _pods.AddHandler(Wake, (_, pod) => Wake(pod));
        _claims.AddHandler(WakeUsers, (_, claim) => WakeUsers(claim), WakeUsers);
        _templates.AddHandler(template =>
        {
            foreach (var pod in _pods.Cache.ByIndex(ByTemplate, ObjectKey.Of(template).ToString()))
                Wake(pod);
        });
    }

    private static string ByTemplate => "resourceClaimTemplates";

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_pods.Cache.Get(key) is not { } pod || pod.Metadata.DeletionTimestamp is not null || PodClaims.IsDone(pod))
            return;
        var made = new JsonArray();
        foreach (var entry in pod.Spec.ResourceClaims)
        {
            try
            {
                if (await MakeAsync(pod, entry, ct).ConfigureAwait(false) is { } name)
                    made.Add((JsonNode)new JsonObject { ["name"] = entry.Name, ["resourceClaimName"] = name });
            }
            catch (ApiException e)
            {
                _events.Event(pod, "Warning", "FailedResourceClaimCreation", $"PodResourceClaim {entry.Name}: {e.Message}");
                throw;
            }
        }

        if (made.Count > 0)
        {
            // The uid keeps a pod of the same name that came meanwhile from getting the claims of the one before.
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["uid"] = pod.Metadata.Uid },
                ["status"] = new JsonObject { ["resourceClaimStatuses"] = made },
            };
            await Client.PatchAsync<Pod>(key.Namespace, key.Name, Patch.Strategic(patch.ToJsonString()), "status", ct: ct).ConfigureAwait(false);
        }

        if (pod.Spec.NodeName.Length > 0)
            await ReserveAsync(pod, ct).ConfigureAwait(false);
    }

    /// <summary>The name of the entry's claim where the pod does not know it yet.</summary>
    private async Task<string?> MakeAsync(Pod pod, PodResourceClaim entry, CancellationToken ct)
    {
        if (entry.ResourceClaimTemplateName is not { } templateName || PodClaims.NameOf(pod, entry) is not { } known)
            return null;
        if (known.Length > 0 && _claims.Cache.Get(pod.Metadata.Namespace, known) is { } claim && PodClaims.IsOwnedBy(claim, pod))
            return null;
        if (PodClaimPlan.Made(pod, entry, _claims.Cache.ByIndex(ClaimUsers.ByOwner, pod.Metadata.Uid)) is { } seen)
            return seen.Metadata.Name;
        // The cache may not have what was made a moment ago; a second claim would hold devices for nothing.
        var listed = await Client.ListAsync<ResourceClaim>(pod.Metadata.Namespace, ct: ct).ConfigureAwait(false);
        if (PodClaimPlan.Made(pod, entry, listed.Items) is { } there)
            return there.Metadata.Name;
        if (_templates.Cache.Get(pod.Metadata.Namespace, templateName) is not { } template)
        {
            _events.Event(pod, "Warning", "FailedResourceClaimCreation", $"PodResourceClaim {entry.Name}: resource claim template \"{templateName}\": resourceclaimtemplate.resource.k8s.io \"{templateName}\" not found");
            return null;
        }

        return (await Client.CreateAsync(PodClaimPlan.FromTemplate(pod, entry, template), ct: ct).ConfigureAwait(false)).Metadata.Name;
    }

    private async Task ReserveAsync(Pod pod, CancellationToken ct)
    {
        foreach (var key in PodClaims.KeysOf(pod))
        {
            if (_claims.Cache.Get(key) is not { Status.Allocation: not null } claim || PodClaims.IsReservedFor(claim, pod)
                || claim.Status.ReservedFor.Count >= PodClaims.UsersMax || claim.Metadata.DeletionTimestamp is not null)
                continue;
            var status = claim.Status with { ReservedFor = claim.Status.ReservedFor.Add(PodClaims.UserOf(pod)) };
            await Client.UpdateStatusAsync(claim with { Status = status }, ct: ct).ConfigureAwait(false);
        }
    }

    private static IEnumerable<string> TemplatesOf(Pod pod) => pod.Spec.ResourceClaims
        .Select(c => c.ResourceClaimTemplateName).OfType<string>().Select(n => new ObjectKey(pod.Metadata.Namespace, n).ToString());

    private void Wake(Pod pod)
    {
        if (!pod.Spec.ResourceClaims.IsEmpty)
            Enqueue(pod);
    }

    private void WakeUsers(ResourceClaim claim)
    {
        foreach (var pod in _pods.Cache.ByIndex(ClaimUsers.ByClaim, ObjectKey.Of(claim).ToString()))
            Enqueue(pod);
    }
}
