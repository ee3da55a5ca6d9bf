using System.Globalization;
using Berth.Api;
using Berth.Api.Autoscaling.V2;

namespace Berth.Controllers.Autoscaling;

/// <summary>
/// Decides a round of an autoscaler: <see cref="Plan"/> says what the target's size should be, and after the attempt
/// <see cref="Conclude"/> says how the status ends. Without I/O; reasons and messages are those of Kubernetes.
/// </summary>
public static class AutoscalerReconciler
{
    private const string Unable = "the HPA controller was unable to get the target's current scale: ";

    /// <summary>False when bounds alone decide, or a person has switched the target off: then no metric need be read.</summary>
    public static bool NeedsMetrics(HorizontalPodAutoscaler autoscaler, int current) =>
        current != 0 && current <= autoscaler.Spec.MaxReplicas && current >= (autoscaler.Spec.MinReplicas ?? 1);

    /// <summary>The target's scale could not be read.</summary>
    public static AutoscalerPlan WithoutScale(HorizontalPodAutoscaler autoscaler, AutoscalerHistory history, string problem, DateTimeOffset now) => new(
        null,
        autoscaler.Status with { Conditions = AutoscalerConditions.With(autoscaler.Status.Conditions, AutoscalerConditions.AbleToScale, false, "FailedGetScale", Unable + problem, now) },
        history,
        [new("Warning", "FailedGetScale", problem)]);

    /// <summary>The target's pods cannot be told from others: its selector is missing, unreadable, or shared with another autoscaler.</summary>
    /// <param name="eventReason">Differs from the condition's where Kubernetes' does.</param>
    public static AutoscalerPlan WithoutSelector(HorizontalPodAutoscaler autoscaler, int current, AutoscalerHistory history, string reason, string eventReason, string message, string problem, DateTimeOffset now)
    {
        var conditions = AutoscalerConditions.With(Reachable(autoscaler, now), AutoscalerConditions.ScalingActive, false, reason, message, now);
        return new(
            null,
            autoscaler.Status with { Conditions = conditions, CurrentReplicas = current, CurrentMetrics = [] },
            history,
            [new("Warning", eventReason, problem), new("Warning", "FailedComputeMetricsReplicas", problem)]);
    }

    /// <param name="metrics">One for each metric of the spec; empty where <see cref="NeedsMetrics"/> is false.</param>
    public static AutoscalerPlan Plan(HorizontalPodAutoscaler autoscaler, int current, IReadOnlyList<MetricResult> metrics, AutoscalerHistory history, DateTimeOffset now)
    {
        var conditions = Reachable(autoscaler, now);
        var spec = autoscaler.Spec;
        if (current == 0)
        {
            conditions = AutoscalerConditions.With(conditions, AutoscalerConditions.ScalingActive, false, "ScalingDisabled", "scaling is disabled since the replica count of the target is zero", now);
            return Stay(conditions, [], history, []);
        }

        if (current > spec.MaxReplicas)
            return Go(spec.MaxReplicas, "Current number of replicas above Spec.MaxReplicas", conditions, [], history, []);
        if (current < (spec.MinReplicas ?? 1))
            return Go(spec.MinReplicas ?? 1, "Current number of replicas below Spec.MinReplicas", conditions, [], history, []);

        var statuses = metrics.Select(m => m is MetricResult.Proposal p ? p.Status : MetricStatus.Empty).ToApiList();
        var failures = metrics.OfType<MetricResult.Failure>().ToList();
        var problems = failures.Select(f => new AutoscalerEvent("Warning", f.Reason, f.Message)).ToList();
        var best = metrics.OfType<MetricResult.Proposal>().Aggregate((MetricResult.Proposal?)null, static (best, next) => best is null || best.Replicas == 0 || next.Replicas > best.Replicas ? next : best);
        // What cannot be read might ask for more: then nothing may be taken away.
        if (best is null || (failures.Count > 0 && best.Replicas < current))
        {
            var (reason, message) = failures.Count > 0 ? (failures[0].Reason, $"the HPA was unable to compute the replica count: {failures[0].Message}") : ("InvalidMetricSourceType", "the autoscaler has no metrics");
            conditions = AutoscalerConditions.With(conditions, AutoscalerConditions.ScalingActive, false, reason, message, now);
            if (failures.Count > 0)
                problems.Add(new("Warning", "FailedComputeMetricsReplicas", string.Create(CultureInfo.InvariantCulture, $"invalid metrics ({failures.Count} invalid out of {metrics.Count}), first error is: {failures[0].Context}{failures[0].Message}")));
            return new(null, autoscaler.Status with { Conditions = conditions, CurrentReplicas = current, CurrentMetrics = statuses }, history, problems);
        }

        conditions = AutoscalerConditions.With(conditions, AutoscalerConditions.ScalingActive, true, "ValidMetricFound", $"the HPA was able to successfully calculate a replica count from {best.Name}", now);
        var limited = ScalingLimits.Of(autoscaler).Apply(current, best.Replicas, history, now);
        conditions = AutoscalerConditions.With(conditions, AutoscalerConditions.AbleToScale, true, limited.Smoothing.Reason, limited.Smoothing.Message, now);
        conditions = AutoscalerConditions.With(conditions, AutoscalerConditions.ScalingLimited, limited.IsLimited, limited.Limit.Reason, limited.Limit.Message, now);
        history = history.Recommended(best.Replicas, now);
        return limited.Replicas == current
            ? Stay(conditions, statuses, history, problems)
            : Go(limited.Replicas, best.Replicas > current ? $"{best.Name} above target" : best.Replicas < current ? "All metrics below target" : "", conditions, statuses, history, problems);

        AutoscalerPlan Stay(ApiList<HorizontalPodAutoscalerCondition> told, ApiList<MetricStatus> read, AutoscalerHistory kept, IReadOnlyList<AutoscalerEvent> events) =>
            new(null, autoscaler.Status with { Conditions = told, CurrentReplicas = current, DesiredReplicas = current, CurrentMetrics = read }, kept, events);

        AutoscalerPlan Go(int to, string why, ApiList<HorizontalPodAutoscalerCondition> told, ApiList<MetricStatus> read, AutoscalerHistory kept, IReadOnlyList<AutoscalerEvent> events) =>
            new(new Rescale(current, to, why), autoscaler.Status with { Conditions = told, CurrentReplicas = current, CurrentMetrics = read }, kept, events);
    }

    /// <summary>The plan after its rescale was tried.</summary>
    /// <param name="problem">Why the target's scale could not be written; null when it was.</param>
    public static AutoscalerPlan Conclude(AutoscalerPlan plan, string? problem, DateTimeOffset now)
    {
        if (plan.Rescale is not { } rescale)
            return plan;
        var size = rescale.To.ToString(CultureInfo.InvariantCulture);
        if (problem is not null)
        {
            return plan with
            {
                Status = plan.Status with { Conditions = AutoscalerConditions.With(plan.Status.Conditions, AutoscalerConditions.AbleToScale, false, "FailedUpdateScale", $"the HPA controller was unable to update the target scale: {problem}", now) },
                Problems = [.. plan.Problems, new("Warning", "FailedRescale", $"New size: {size}; reason: {rescale.Reason}; error: {problem}")],
            };
        }

        return plan with
        {
            Status = plan.Status with
            {
                DesiredReplicas = rescale.To,
                LastScaleTime = now,
                Conditions = AutoscalerConditions.With(plan.Status.Conditions, AutoscalerConditions.AbleToScale, true, "SucceededRescale", $"the HPA controller was able to update the target scale to {size}", now),
            },
            History = plan.History.Changed(rescale.From, rescale.To, now),
            Problems = [.. plan.Problems, new("Normal", "SuccessfulRescale", $"New size: {size}; reason: {rescale.Reason}")],
        };
    }

    private static ApiList<HorizontalPodAutoscalerCondition> Reachable(HorizontalPodAutoscaler autoscaler, DateTimeOffset now) =>
        AutoscalerConditions.With(autoscaler.Status.Conditions, AutoscalerConditions.AbleToScale, true, "SucceededGetScale", "the HPA controller was able to get the target's current scale", now);
}
