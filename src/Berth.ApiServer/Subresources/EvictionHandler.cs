using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Policy.V1;
using Berth.Api.Selection;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Subresources;

/// <summary>
/// Deletes a pod if its disruption budget allows that. (1) A pod that does no work is deleted without asking; (2) one
/// budget may cover a pod, (3) an unhealthy pod may go where the budget's policy says so, (4) else the budget is charged
/// before (5) the pod is marked and deleted.
/// </summary>
public sealed class EvictionHandler(ResourceRegistry<Pod> pods, ResourceRegistry<PodDisruptionBudget> budgets) : IApiHandler
{
    // More pods on their way out than this mean that the budget's controller does not keep up.
    private const int DisruptedPodsMax = 2000;
    private const int RetryAfterSeconds = 10;
    private const string Violation = "Cannot evict pod as it would violate the pod's disruption budget.";

    public async Task HandleAsync(ApiRequest request)
    {
        var format = ResponseFormat.For(request.Http.Request, shapes: false);
        var eviction = await BodyDecoder.DecodeAsync<Eviction>(request).ConfigureAwait(false);
        if (eviction.Metadata.Name.Length > 0 && eviction.Metadata.Name != request.Info.Name)
            throw ApiStatusException.BadRequest("name in URL does not match name in Eviction object");
        var key = new ObjectKey(request.Info.Namespace, request.Info.Name);
        var options = eviction.DeleteOptions ?? DeleteOptions.Empty;
        var context = ResourceHandler<Pod>.ContextOf(request);
        if (options.DryRun.Contains("All"))
            context = context with { DryRun = true };

        var pod = (Pod)(await pods.FindAsync(key, request.Cancellation).ConfigureAwait(false) ?? throw ApiStatusException.NotFound(Pod.Kind, key.Name)).Value;
        // (1)
        if (!IsIdle(pod))
        {
            // (2)
            var covering = budgets.Cache.Current.Range(key.Namespace).Select(o => (PodDisruptionBudget)o.Value)
                .Where(b => b.Spec.Selector is not null && LabelSelectors.Compile(b.Spec.Selector).Matches(pod)).ToList();
            if (covering.Count > 1)
                throw ApiStatusException.InternalError("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
            // (3)
            if (covering is [var budget] && !MayGoUnhealthy(pod, budget))
            {
                // (4)
                await ChargeAsync(ObjectKey.Of(budget), pod.Metadata.Name, request.Now, context).ConfigureAwait(false);
            }
        }

        // (5)
        if (!context.DryRun)
            await MarkAsync(key, request.Now, context).ConfigureAwait(false);
        await pods.DeleteAsync(key, options, context).ConfigureAwait(false);
        await ResponseWriter.MessageAsync(request, 201, new Status { StatusValue = "Success", Code = 201 }, format).ConfigureAwait(false);
    }

    private static bool IsIdle(Pod pod) =>
        pod.Metadata.DeletionTimestamp is not null || pod.Status.Phase is "Succeeded" or "Failed" or "Pending" or "";

    private static bool MayGoUnhealthy(Pod pod, PodDisruptionBudget budget)
    {
        if (pod.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" }))
            return false;
        return budget.Spec.UnhealthyPodEvictionPolicy == "AlwaysAllow"
            || (budget.Status.CurrentHealthy >= budget.Status.DesiredHealthy && budget.Status.DesiredHealthy > 0);
    }

    private Task ChargeAsync(ObjectKey budget, string pod, DateTimeOffset now, WriteContext context) => budgets.UpdateAsync(
        budget,
        new ObjectChange<PodDisruptionBudget>(current =>
        {
            var status = current.Status;
            if (status.ObservedGeneration < current.Metadata.Generation)
                throw Refused($"The disruption budget {budget.Name} is still being processed by the server.");
            if (status.DisruptionsAllowed < 0)
                throw ApiStatusException.Forbidden(PodDisruptionBudget.Kind, budget.Name, "pdb disruptions allowed is negative");
            if (status.DisruptedPods.Count > DisruptedPodsMax)
                throw ApiStatusException.Forbidden(PodDisruptionBudget.Kind, budget.Name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
            if (status.DisruptionsAllowed == 0)
                throw Refused($"The disruption budget {budget.Name} needs {status.DesiredHealthy} healthy pods and has {status.CurrentHealthy} currently");
            return ValueTask.FromResult(current with
            {
                Status = status with { DisruptionsAllowed = status.DisruptionsAllowed - 1, DisruptedPods = status.DisruptedPods.With(pod, now) },
            });
        })
        {
            Subresource = "status",
            Rules = ChangeRules.Trusted,
            ChecksVersion = false,
        },
        context);

    private async Task MarkAsync(ObjectKey key, DateTimeOffset now, WriteContext context)
    {
        var target = new PodCondition
        {
            Type = "DisruptionTarget",
            Status = "True",
            Reason = "EvictionByEvictionAPI",
            Message = "Eviction API: evicting",
            LastTransitionTime = now,
        };
        await pods.UpdateAsync(
            key,
            new ObjectChange<Pod>(pod => ValueTask.FromResult(pod with
            {
                Status = pod.Status with { Conditions = [.. pod.Status.Conditions.Where(c => c.Type != target.Type), target] },
            }))
            {
                Subresource = "status",
                Rules = ChangeRules.Trusted,
                ChecksVersion = false,
            },
            context).ConfigureAwait(false);
    }

    private static ApiStatusException Refused(string cause) => ApiStatusException.TooManyRequests(
        Violation, RetryAfterSeconds, new StatusCause { Reason = "DisruptionBudget", Message = cause });
}
