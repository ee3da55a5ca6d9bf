using Berth.Api;

namespace Berth.Resources.Claims;

/// <summary>Why a node's devices cannot serve the claims.</summary>
/// <param name="Request">Empty when it lies in the claim as a whole.</param>
public sealed record ClaimObstacle(ObjectKey Claim, string Request, string Reason)
{
    // A claim for extended resources has no name before it is made.
    public override string ToString() => Claim.Name.Length == 0 ? $"extended resources: {Reason}" : Request.Length > 0 ? $"claim {Claim}, request {Request}: {Reason}" : $"claim {Claim}: {Reason}";
}
