using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;

namespace Berth.Controllers.StatefulSets;

/// <param name="Ordered">One step after the other, the first failure ends the run; otherwise the steps do not depend on each other.</param>
public sealed record StatefulSetPlan(IReadOnlyList<StatefulStep> Steps, bool Ordered, StatefulSetStatus Status);

/// <summary>One thing to do to one ordinal.</summary>
/// <param name="Claims">To be created before the pod.</param>
/// <param name="Changed">Claims whose owners change.</param>
public sealed record StatefulStep(StatefulAction Action, Pod Pod, IReadOnlyList<PersistentVolumeClaim> Claims, IReadOnlyList<PersistentVolumeClaim> Changed);

public enum StatefulAction
{
    Create,

    /// <summary>The pod's labels change.</summary>
    Update,

    /// <summary>Only claims.</summary>
    Claims,

    Delete,
}
