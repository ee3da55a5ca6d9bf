using System.Collections.Concurrent;
using Berth.Api;
using Berth.Api.Autoscaling.V2;
using Berth.Api.Core.V1;
using Berth.Api.Schema;
using Berth.Api.Selection;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Scale = Berth.Api.Autoscaling.V1.Scale;

namespace Berth.Controllers.Autoscaling;

/// <summary>
/// Keeps the size of what HorizontalPodAutoscalers point at, every 15 s and whenever one of them changes. Reads the scale and
/// the metrics, has <see cref="AutoscalerReconciler"/> decide, writes the scale and the status.
/// </summary>
public sealed class HorizontalAutoscalerController : Controller
{
    private const int ConflictsMax = 5;

    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(15);

    private readonly Informer<HorizontalPodAutoscaler> _autoscalers;
    private readonly Informer<Pod> _pods;
    private readonly EventRecorder _events;
    private readonly MetricSources _metrics;
    private readonly ConcurrentDictionary<ObjectKey, AutoscalerHistory> _histories = new();
    private readonly ConcurrentDictionary<ObjectKey, Selector> _selectors = new();

    public HorizontalAutoscalerController(ControllerContext context)
        : base(context, "horizontal-pod-autoscaler")
    {
        _autoscalers = context.Informers.For<HorizontalPodAutoscaler>();
        _pods = context.Informers.For<Pod>();
        _events = context.Events(Name);
        _metrics = new MetricSources(context.Client, context.Metadata);
        _autoscalers.AddHandler(Enqueue, Changed, Enqueue);
    }

    /// <summary>The rounds. All of them begin together: the metrics of a moment are then read in one go.</summary>
    protected override async Task RunBackgroundAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(s_round, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false))
            {
                foreach (var autoscaler in _autoscalers.Cache.List())
                    Enqueue(autoscaler);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_autoscalers.Cache.Get(key) is not { } autoscaler)
        {
            _histories.TryRemove(key, out _);
            _selectors.TryRemove(key, out _);
            return;
        }

        var plan = await DecideAsync(key, autoscaler, ct).ConfigureAwait(false);
        _histories[key] = plan.History;
        foreach (var problem in plan.Problems)
            _events.Event(autoscaler, problem.Type, problem.Reason, problem.Message);
        if (!plan.Status.Equals(autoscaler.Status))
            await Client.UpdateStatusAsync(autoscaler with { Status = plan.Status }, ct: ct).ConfigureAwait(false);
    }

    private async Task<AutoscalerPlan> DecideAsync(ObjectKey key, HorizontalPodAutoscaler autoscaler, CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        KindInfo kind;
        Scale scale;
        try
        {
            (kind, scale) = await ScaleAsync(autoscaler, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ApiException or MetricException)
        {
            return AutoscalerReconciler.WithoutScale(autoscaler, _histories.GetValueOrDefault(key) ?? AutoscalerHistory.Begin(autoscaler.Status.CurrentReplicas, now), e.Message, now);
        }

        var current = scale.Spec.Replicas;
        var history = _histories.GetValueOrDefault(key) ?? AutoscalerHistory.Begin(current, now);
        IReadOnlyList<MetricResult> metrics = [];
        if (AutoscalerReconciler.NeedsMetrics(autoscaler, current))
        {
            if (SelectorProblem(key, scale.Status.Selector, out var selector) is { } problem)
                return AutoscalerReconciler.WithoutSelector(autoscaler, current, history, problem.Reason, problem.EventReason, problem.Message, problem.Problem, now);
            metrics = await EvaluateAsync(autoscaler, scale, selector, ct).ConfigureAwait(false);
        }

        var plan = AutoscalerReconciler.Plan(autoscaler, current, metrics, history, now);
        if (plan.Rescale is not { } rescale)
            return plan;
        return AutoscalerReconciler.Conclude(plan, await RescaleAsync(kind, scale, rescale.To, ct).ConfigureAwait(false), now);
    }

    /// <exception cref="MetricException">Nothing of the target's kind is served.</exception>
    private async Task<(KindInfo Kind, Scale Scale)> ScaleAsync(HorizontalPodAutoscaler autoscaler, CancellationToken ct)
    {
        var target = autoscaler.Spec.ScaleTargetRef;
        var group = target.ApiVersion.Split('/') is [var name, _] ? name : "";
        var served = await Context.Metadata.Kinds.AskAsync(ct).ConfigureAwait(false);
        var kinds = served.Preferred.Concat(served.All).Where(k => k.Group == group && k.Kind == target.Kind).Distinct().ToList();
        if (kinds.Count == 0)
            throw new MetricException(group.Length == 0 ? $"no matches for kind \"{target.Kind}\" in group \"\"" : $"no matches for kind \"{target.Kind}\" in group \"{group}\"");
        ApiException? first = null;
        foreach (var kind in kinds)
        {
            try
            {
                return (kind, await Context.Metadata.GetScaleAsync(kind, autoscaler.Metadata.Namespace, target.Name, ct).ConfigureAwait(false));
            }
            catch (ApiException e)
            {
                first ??= e;
            }
        }

        throw first!;
    }

    // Null when all is well.
    private (string Reason, string EventReason, string Message, string Problem)? SelectorProblem(ObjectKey key, string text, out Selector selector)
    {
        selector = Selector.Nothing;
        if (text.Length == 0)
            return ("InvalidSelector", "SelectorRequired", "the HPA target's scale is missing a selector", "selector is required");
        try
        {
            selector = LabelSelectors.Parse(text);
        }
        catch (FormatException e)
        {
            var unreadable = $"couldn't convert selector into a corresponding internal selector object: {e.Message}";
            return ("InvalidSelector", "InvalidSelector", unreadable, unreadable);
        }

        _selectors[key] = selector;
        var pods = PodsOf(key.Namespace, selector);
        var owners = _selectors.Where(s => s.Key.Namespace == key.Namespace && pods.Any(s.Value.Matches)).Select(s => s.Key.Name).Order(StringComparer.Ordinal).ToList();
        if (owners.Count <= 1)
            return null;
        var shared = $"pods by selector {text} are controlled by multiple HPAs: [{string.Join(' ', owners.Select(o => $"{{{o} {key.Namespace}}}"))}]";
        return ("AmbiguousSelector", "AmbiguousSelector", shared, shared);
    }

    private async Task<IReadOnlyList<MetricResult>> EvaluateAsync(HorizontalPodAutoscaler autoscaler, Scale scale, Selector selector, CancellationToken ct)
    {
        var ns = autoscaler.Metadata.Namespace;
        var readings = await Task.WhenAll(autoscaler.Spec.Metrics.Select(m => _metrics.ReadAsync(m, ns, selector, ct))).ConfigureAwait(false);
        var math = new ReplicaMath(scale.Spec.Replicas, scale.Status.Replicas, PodsOf(ns, selector), Tolerances.Of(autoscaler.Spec.Behavior), Time.GetUtcNow());
        return [.. autoscaler.Spec.Metrics.Select((metric, i) => MetricEvaluation.Evaluate(metric, readings[i], math, ns))];
    }

    // Null when the scale was written.
    private async Task<string?> RescaleAsync(KindInfo kind, Scale scale, int replicas, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Context.Metadata.UpdateScaleAsync(kind, scale with { Spec = scale.Spec with { Replicas = replicas } }, ct).ConfigureAwait(false);
                return null;
            }
            catch (ApiException e) when (e.IsConflict && attempt < ConflictsMax)
            {
                try
                {
                    scale = await Context.Metadata.GetScaleAsync(kind, scale.Metadata.Namespace, scale.Metadata.Name, ct).ConfigureAwait(false);
                }
                catch (ApiException)
                {
                    return e.Message;
                }
            }
            catch (ApiException e)
            {
                return e.Message;
            }
        }
    }

    private List<Pod> PodsOf(string ns, Selector selector) => [.. _pods.Cache.List(ns).Where(selector.Matches)];

    // Not for its own status.
    private void Changed(HorizontalPodAutoscaler old, HorizontalPodAutoscaler autoscaler)
    {
        if (!old.Spec.Equals(autoscaler.Spec))
            Enqueue(autoscaler);
    }
}
