using Berth.Api.Meta.V1;

namespace Berth.Client;

/// <summary>The server's refusal, with the Status that it sent.</summary>
public sealed class ApiException(Status status) : Exception(status.Message.Length > 0 ? status.Message : status.Reason)
{
    public Status Status { get; } = status;

    /// <summary>HTTP status code.</summary>
    public int Code => Status.Code;

    /// <summary>Machine-readable reason, such as <c>NotFound</c>; may be empty.</summary>
    public string Reason => Status.Reason;

    public bool IsNotFound => Code == 404;

    public bool IsAlreadyExists => Reason == "AlreadyExists";

    /// <summary>The object changed since it was read.</summary>
    public bool IsConflict => Code == 409 && !IsAlreadyExists;

    /// <summary>The resourceVersion asked for is no longer kept.</summary>
    public bool IsGone => Code == 410;

    public bool IsForbidden => Code == 403;

    public bool IsInvalid => Code == 422;

    public bool IsTooManyRequests => Code == 429;

    /// <summary>How long the server asks to wait before trying again; null when it does not say.</summary>
    public TimeSpan? RetryAfter => Status.Details is { RetryAfterSeconds: > 0 } details ? TimeSpan.FromSeconds(details.RetryAfterSeconds) : null;
}
