using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Http;

/// <summary>
/// A refusal on its way to the client: anywhere below the pipeline it may be thrown, and only the pipeline turns it into
/// an answer. The factories are the closed set of refusals, with the codes, reasons and wording that Kubernetes' clients
/// match on.
/// </summary>
public sealed class ApiStatusException(Status status) : Exception(status.Message)
{
    public Status Status { get; } = status;

    public int Code => Status.Code;

    /// <summary><c>plural</c>, or <c>plural.group</c> outside the core group.</summary>
    public static string Qualified(string group, string name) => group.Length == 0 ? name : $"{name}.{group}";

    public static ApiStatusException NotFound(KindInfo kind, string name) => NotFound(kind.Group, kind.Plural, name);

    public static ApiStatusException NotFound(string group, string resource, string name) =>
        Make(404, "NotFound", $"{Qualified(group, resource)} \"{name}\" not found", Details(group, resource, name));

    /// <summary>There is no such path, resource or subresource.</summary>
    public static ApiStatusException UnknownPath() =>
        Make(404, "NotFound", "the server could not find the requested resource", new StatusDetails());

    public static ApiStatusException AlreadyExists(KindInfo kind, string name) =>
        Make(409, "AlreadyExists", $"{Qualified(kind.Group, kind.Plural)} \"{name}\" already exists", Details(kind.Group, kind.Plural, name));

    public static ApiStatusException Conflict(KindInfo kind, string name, string message) =>
        Make(
            409,
            "Conflict",
            $"Operation cannot be fulfilled on {Qualified(kind.Group, kind.Plural)} \"{name}\": {message}",
            Details(kind.Group, kind.Plural, name));

    /// <summary>Somebody else wrote the object since the client read it.</summary>
    public static ApiStatusException Modified(KindInfo kind, string name) =>
        Conflict(kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    /// <summary>Field managers own what a server-side apply would change.</summary>
    public static ApiStatusException ApplyConflict(string message, ApiList<StatusCause> causes) =>
        Make(409, "Conflict", message, new StatusDetails { Causes = causes });

    public static ApiStatusException Invalid(KindInfo kind, string name, FieldErrors errors) =>
        Make(
            422,
            "Invalid",
            $"{Qualified(kind.Group, kind.Kind)} \"{name}\" is invalid: {errors.Describe()}",
            new StatusDetails { Group = kind.Group, Kind = kind.Kind, Name = name, Causes = errors.Causes.ToApiList() });

    public static ApiStatusException Forbidden(KindInfo kind, string name, string message) =>
        Forbidden(kind.Group, kind.Plural, name, message);

    /// <param name="resource">Plural, with <c>/subresource</c> where one is meant; empty for paths that are no resource.</param>
    /// <param name="name">Empty when no single object is meant.</param>
    public static ApiStatusException Forbidden(string group, string resource, string name, string message)
    {
        var text = resource.Length == 0 ? $"forbidden: {message}"
            : name.Length == 0 ? $"{Qualified(group, resource)} is forbidden: {message}"
            : $"{Qualified(group, resource)} \"{name}\" is forbidden: {message}";
        return Make(403, "Forbidden", text, Details(group, resource, name));
    }

    public static ApiStatusException Unauthorized() => Make(401, "Unauthorized", "Unauthorized");

    public static ApiStatusException BadRequest(string message) => Make(400, "BadRequest", message);

    /// <summary>A resourceVersion or continue token points behind the history that is kept.</summary>
    public static ApiStatusException Expired(string message) => Make(410, "Expired", message);

    public static ApiStatusException MethodNotAllowed(string message = "the server does not allow this method on the requested resource") =>
        Make(405, "MethodNotAllowed", message, new StatusDetails());

    public static ApiStatusException NotAcceptable(string message) => Make(406, "NotAcceptable", message);

    public static ApiStatusException UnsupportedMediaType(string message) => Make(415, "UnsupportedMediaType", message);

    public static ApiStatusException RequestEntityTooLarge(string message) => Make(413, "RequestEntityTooLarge", message);

    public static ApiStatusException TooManyRequests(string message, int retryAfterSeconds, params ReadOnlySpan<StatusCause> causes) =>
        Make(429, "TooManyRequests", message, new StatusDetails { RetryAfterSeconds = retryAfterSeconds, Causes = ApiList.Create(causes) });

    /// <summary>The server took too long; the client may try again.</summary>
    public static ApiStatusException Timeout(string message, int retryAfterSeconds = 0) =>
        Make(504, "Timeout", message, new StatusDetails { RetryAfterSeconds = retryAfterSeconds });

    public static ApiStatusException InternalError(string message) =>
        Make(500, "InternalError", $"Internal error occurred: {message}", new StatusDetails { Causes = [new StatusCause { Message = message }] });

    public static ApiStatusException ServiceUnavailable(string message) => Make(503, "ServiceUnavailable", message);

    private static StatusDetails Details(string group, string resource, string name) =>
        new() { Group = group, Kind = resource, Name = name };

    private static ApiStatusException Make(int code, string reason, string message, StatusDetails? details = null) =>
        new(new Status { StatusValue = "Failure", Message = message, Reason = reason, Details = details, Code = code });
}
