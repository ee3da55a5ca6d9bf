using Berth.Api.Core.V1;

namespace Berth.Controllers.PodGc;

/// <summary>A pod that is to be deleted at once.</summary>
public sealed record PodRemoval(Pod Pod, PodRemovalReason Reason);

public enum PodRemovalReason
{
    /// <summary>It ended, and there are too many that did.</summary>
    Terminated,

    /// <summary>Its node does not exist any more.</summary>
    Orphaned,

    /// <summary>It was deleted before it had a node that could end it.</summary>
    Unscheduled,

    /// <summary>It was deleted, and its node was declared out of service.</summary>
    OutOfService,
}
