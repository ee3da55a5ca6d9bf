using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Policy.V1;
using Berth.Api.Selection;
using Berth.Client.Events;
using Berth.Client.Informers;

namespace Berth.Controllers.Disruption;

/// <summary>Keeps the status of PodDisruptionBudgets, by which the API server allows or refuses evictions.</summary>
public sealed class DisruptionController : Controller
{
    private readonly Informer<PodDisruptionBudget> _budgets;
    private readonly Informer<Pod> _pods;
    private readonly PodScales _scales;
    private readonly EventRecorder _events;

    public DisruptionController(ControllerContext context)
        : base(context, "disruption-controller")
    {
        _events = context.Events("controllermanager");
        _budgets = context.Informers.For<PodDisruptionBudget>();
        _pods = context.Informers.For<Pod>();
        _scales = new PodScales(context.Informers, context.Metadata);
        _budgets.AddHandler(Enqueue, (_, budget) => Enqueue(budget));
        _pods.AddHandler(Wake, PodChanged, Wake);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_budgets.Cache.Get(key) is not { } budget)
            return;
        var now = Time.GetUtcNow();
        var selector = LabelSelectors.Compile(budget.Spec.Selector);
        var pods = _pods.Cache.List(key.Namespace).Where(selector.Matches).OrderBy(p => p.Metadata.Name, StringComparer.Ordinal).ToList();
        PodDisruptionBudgetStatus status;
        try
        {
            var asked = await _scales.AskAsync(CountsScales(budget) ? pods : [], ct).ConfigureAwait(false);
            var plan = DisruptionReconciler.Plan(budget, pods, (pod, owner) => _scales.Of(pod, owner, asked), now);
            status = plan.Status;
            Tell(budget, plan, pods.Count);
            if (plan.Recheck is { } recheck)
                Queue.AddAfter(key, recheck);
        }
        catch (DisruptionException e)
        {
            _events.Event(budget, "Warning", "CalculateExpectedPodCountFailed", $"Failed to calculate the number of expected pods: {e.Message}");
            status = DisruptionReconciler.Failed(budget, e.Message, now);
            // An owner may only be late in the cache.
            Queue.AddRateLimited(key);
        }

        if (!status.Equals(budget.Status))
            await Client.UpdateStatusAsync(budget with { Status = status }, ct: ct).ConfigureAwait(false);
    }

    // A budget that names a number of pods needs no more than the pods.
    private static bool CountsScales(PodDisruptionBudget budget) => budget.Spec.MaxUnavailable is not null || budget.Spec.MinAvailable is { IsString: true };

    private void Tell(PodDisruptionBudget budget, DisruptionPlan plan, int pods)
    {
        foreach (var pod in plan.Overdue)
            _events.Event(pod, "Warning", "NotDeleted", $"Pod was expected by PDB {budget.Metadata.Namespace}/{budget.Metadata.Name} to be deleted but it wasn't");
        if (plan.Status.Equals(budget.Status))
            return;
        if (pods == 0)
            _events.Event(budget, "Normal", "NoPods", "No matching pods found");
        if (plan.Unmanaged.Count > 0)
        {
            _events.Event(
                budget,
                "Warning",
                "UnmanagedPods",
                $"Pods selected by this PodDisruptionBudget (selector: {LabelSelectors.Compile(budget.Spec.Selector)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set \".spec.minAvailable\" field of the PDB to an integer value.");
        }
    }

    private void PodChanged(Pod old, Pod pod)
    {
        Wake(pod);
        if (!old.Metadata.Labels.Equals(pod.Metadata.Labels))
            Wake(old);
    }

    private void Wake(Pod pod)
    {
        foreach (var budget in _budgets.Cache.List(pod.Metadata.Namespace))
        {
            if (LabelSelectors.Compile(budget.Spec.Selector).Matches(pod))
                Enqueue(budget);
        }
    }
}
