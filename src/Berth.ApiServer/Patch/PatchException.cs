using Berth.Api.Meta.V1;

namespace Berth.ApiServer.Patch;

/// <summary>Why a patch was refused.</summary>
public enum PatchFailure
{
    /// <summary>The patch itself is malformed: 400.</summary>
    Malformed,

    /// <summary>The patch is well formed but does not fit the object (a failed <c>test</c>, a missing path): 422.</summary>
    DoesNotApply,

    /// <summary>The patch has more operations than one request may have: 413.</summary>
    TooLarge,
}

/// <summary>A patch that cannot be applied. The object is untouched.</summary>
public sealed class PatchException(PatchFailure failure, string message) : Exception(message)
{
    public PatchFailure Failure { get; } = failure;

    /// <summary>A <c>test</c> found something else: the patch is not meant for this object.</summary>
    public bool IsFailedTest { get; init; }

    /// <summary>The answer to the client, in the form that kube-apiserver gives it.</summary>
    public Status ToStatus() => Failure switch
    {
        PatchFailure.Malformed => new Status { StatusValue = "Failure", Code = 400, Reason = "BadRequest", Message = Message },
        PatchFailure.TooLarge => new Status
        {
            StatusValue = "Failure", Code = 413, Reason = "RequestEntityTooLarge", Message = "Request entity is too large: " + Message,
        },
        // kubectl prints the causes behind the message, which is the same for all refusals of this sort.
        _ => new Status
        {
            StatusValue = "Failure",
            Code = 422,
            Reason = "Invalid",
            Message = "the server rejected our request due to an error in our request",
            Details = new StatusDetails { Causes = [new StatusCause { Reason = "UnexpectedServerResponse", Field = "patch", Message = Message }] },
        },
    };

    internal static PatchException Malformed(string message) => new(PatchFailure.Malformed, message);

    internal static PatchException TestFailed(string message) => new(PatchFailure.DoesNotApply, message) { IsFailedTest = true };

    internal static PatchException DoesNotApply(string message) => new(PatchFailure.DoesNotApply, message);
}
