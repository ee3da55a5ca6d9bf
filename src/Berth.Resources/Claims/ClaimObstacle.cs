using Berth.Api;

namespace Berth.Resources.Claims;

/// <summary>Why a node's devices cannot serve the claims.</summary>
/// <param name="Request">Empty when it lies in the claim as a whole.</param>
public sealed record ClaimObstacle(ObjectKey Claim, string Request, string Reason)
{
    public override string ToString() => Request.Length > 0 ? $"claim {Claim}, request {Request}: {Reason}" : $"claim {Claim}: {Reason}";
}
