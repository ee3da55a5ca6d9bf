using Berth.Api.Policy.V1;
using Berth.Api.Selection;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Preemption;

/// <summary>Which victims a disruption budget would be broken for.</summary>
internal static class BudgetCheck
{
    /// <summary>Counts the victims against the budgets in the order given: the first ones use up what is allowed.</summary>
    public static (List<PlacedPod> Violating, List<PlacedPod> Free) Split(IReadOnlyList<PlacedPod> victims, IReadOnlyList<PodDisruptionBudget> budgets)
    {
        var compiled = budgets.Select(b => (Budget: b, Selector: Compile(b))).Where(b => b.Selector is { IsEverything: false }).ToList();
        var allowed = compiled.Select(b => b.Budget.Status.DisruptionsAllowed).ToArray();
        var (violating, free) = (new List<PlacedPod>(), new List<PlacedPod>());
        foreach (var victim in victims)
        {
            var meta = victim.Pod.Metadata;
            var violates = false;
            for (var i = 0; i < compiled.Count; i++)
            {
                var (budget, selector) = compiled[i];
                if (budget.Metadata.Namespace != meta.Namespace || meta.Labels.IsEmpty || !selector!.Matches(meta.Labels))
                    continue;
                // The budget has counted this pod's disruption already.
                if (budget.Status.DisruptedPods.ContainsKey(meta.Name))
                    continue;
                violates |= --allowed[i] < 0;
            }

            (violates ? violating : free).Add(victim);
        }

        return (violating, free);
    }

    // A malformed selector means no pod; an empty one too, for kube-scheduler.
    private static Selector? Compile(PodDisruptionBudget budget)
    {
        try
        {
            return LabelSelectors.Compile(budget.Spec.Selector);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
