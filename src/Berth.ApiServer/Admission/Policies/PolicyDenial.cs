namespace Berth.ApiServer.Admission.Policies;

/// <param name="Reason">Of the answer's status: <c>Invalid</c>, <c>Forbidden</c>, <c>Unauthorized</c> or <c>RequestEntityTooLarge</c>.</param>
internal sealed record PolicyDenial(string Message, string Reason)
{
    /// <summary>Which of the policy's validations it was.</summary>
    public int Index { get; init; }

    /// <summary>An audit annotation failed: denied whatever the binding's actions are.</summary>
    public bool IsAnnotation { get; init; }
}
