using Berth.Api.Core.V1;

namespace Berth.Controllers.Volumes;

/// <summary>What is to be done about a claim.</summary>
/// <param name="Phase">The phase that the claim is to have.</param>
/// <param name="Volume">The volume that it is to have; null when it has none.</param>
public sealed record ClaimPlan(string Phase, PersistentVolume? Volume, (string Type, string Reason, string Message)? Event)
{
    /// <summary>Who is asked to make a volume; null when nobody is.</summary>
    public string? Provisioner { get; init; }

    public static ClaimPlan Bind(PersistentVolume volume) => new("Bound", volume, null);

    public static ClaimPlan Wait((string Type, string Reason, string Message)? told = null) => new("Pending", null, told);

    public static ClaimPlan Lost(string reason, string message) => new("Lost", null, ("Warning", reason, message));
}
