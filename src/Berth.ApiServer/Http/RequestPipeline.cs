using Berth.Api.Json;
using Berth.Api.Meta.V1;
using Berth.Api.Proto;
using Berth.ApiServer.Aggregation;
using Berth.ApiServer.Audit;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.CustomResources;
using Berth.ApiServer.FlowControl;
using Berth.ApiServer.Registry;
using Berth.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Berth.ApiServer.Http;

/// <summary>
/// The way of every request:
/// (1) name it and read what it asks for, (2) find out who asks, write down that they do, and on whose behalf, (3) may they,
/// (4) is there room for it, (5) hand it to who answers, (6) turn refusals and failures into a Status, (7) count it and write down
/// what came of it.
/// </summary>
internal sealed partial class RequestPipeline(
    IAuthenticator authenticator,
    IAuthorizer authorizer,
    FlowGate gate,
    RouteTable routes,
    PathTable paths,
    CustomResourceTable customResources,
    AggregatedApis aggregated,
    RequestMetrics metrics,
    AuditLog? audit,
    TimeProvider time,
    Identifiers identifiers,
    ILogger logger)
{
    private readonly Impersonation _impersonation = new(authorizer);

    public async Task HandleAsync(HttpContext http)
    {
        // (1)
        var started = time.GetTimestamp();
        var info = RequestInfo.Parse(http.Request);
        var id = http.Request.Headers["Audit-ID"].ToString() is { Length: > 0 and <= 64 } given ? given : identifiers.NewUid();
        http.Response.Headers["Audit-Id"] = id;
        var received = audit is null ? default : time.GetUtcNow();
        AuditTrail? trail = null;
        var failed = false;
        try
        {
            // (2)
            var user = await authenticator.AuthenticateAsync(http).ConfigureAwait(false) switch
            {
                AuthenticationResult.Authenticated authenticated => authenticated.User,
                AuthenticationResult.Anonymous => UserInfo.Anonymous,
                AuthenticationResult.Refused refused => throw await UnauthorizedAsync(http, info, id, received, refused).ConfigureAwait(false),
                _ => throw new InvalidOperationException("an authentication has three outcomes"),
            };

            trail = audit?.Begin(http, info, user, id, received);
            if (trail is not null)
                await BeginAsync(trail).ConfigureAwait(false);
            var acting = await _impersonation.ResolveAsync(http.Request.Headers, user, http.RequestAborted).ConfigureAwait(false);
            if (trail is not null && acting != user)
                trail.Impersonated = acting;
            user = acting;

            // (3)
            await AuthorizeAsync(http, info, user, trail).ConfigureAwait(false);

            // (4)
            using var entry = await gate.EnterAsync(info, user, http.RequestAborted).ConfigureAwait(false);
            if (entry is { SchemaUid.Length: > 0, LevelUid.Length: > 0 })
            {
                http.Response.Headers["X-Kubernetes-PF-FlowSchema-UID"] = entry.SchemaUid;
                http.Response.Headers["X-Kubernetes-PF-PriorityLevel-UID"] = entry.LevelUid;
            }

            // (5)
            var request = new ApiRequest(http, info, user) { Now = time.GetUtcNow(), Audit = trail };
            await (await HandlerOfAsync(info, http.RequestAborted).ConfigureAwait(false)).HandleAsync(request).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // (6)
            if (http.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
                return;
            if (StatusOf(e) is not { } status)
            {
                LogFailure(logger, e, info.Verb, info.Path, id);
                status = ApiStatusException.InternalError(e.Message).Status;
                failed = true;
            }

            trail?.Answered(status);

            if (http.Response.HasStarted)
                http.Abort();
            else
                await SendAsync(http, status).ConfigureAwait(false);
        }
        finally
        {
            // (7)
            metrics.Finished(info, http.Response.StatusCode, time.GetElapsedTime(started));
            if (trail is not null)
                await trail.FinishedAsync(failed).ConfigureAwait(false);
        }
    }

    private static async ValueTask BeginAsync(AuditTrail trail)
    {
        await trail.ReceivedAsync().ConfigureAwait(false);
        // Before the first byte of what may last for hours.
        if (trail.Info.IsLongRunning)
            trail.Http.Response.OnStarting(static state => ((AuditTrail)state).StartedAsync().AsTask(), trail);
    }

    private static async Task SendAsync(HttpContext http, Status status)
    {
        http.Response.Headers.ContentLength = null;
        try
        {
            await ResponseWriter.StatusAsync(http, status).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client did not wait for its answer.
        }
    }

    private async ValueTask AuthorizeAsync(HttpContext http, RequestInfo info, UserInfo user, AuditTrail? trail)
    {
        var attributes = new AuthorizationAttributes(
            user, info.Verb, info.Group, info.Version, info.Resource, info.Subresource, info.Namespace, info.Name, info.Path, info.IsResource)
        {
            FieldSelector = http.Request.Query["fieldSelector"].ToString(),
            LabelSelector = http.Request.Query["labelSelector"].ToString(),
        };
        if (info is { IsResource: true, Name.Length: 0, Verb: "list" or "watch" or "deletecollection" } && NamePinned(attributes.FieldSelector) is { } name)
            attributes = attributes with { Name = name };
        var decision = await authorizer.AuthorizeAsync(attributes, http.RequestAborted).ConfigureAwait(false);
        // WebSockets begin with a GET. What they let one do in a pod needs the right to create, as the POST of older clients does.
        if (decision.Allowed && info is { IsResource: true, Group: "", Resource: "pods", Verb: "get", Subresource: "exec" or "attach" or "portforward" })
        {
            attributes = attributes with { Verb = "create" };
            decision = await authorizer.AuthorizeAsync(attributes, http.RequestAborted).ConfigureAwait(false);
        }

        trail?.Annotate("authorization.k8s.io/decision", decision.Allowed ? "allow" : "forbid");
        trail?.Annotate("authorization.k8s.io/reason", decision.Reason);
        if (decision.Allowed)
            return;
        throw new ApiStatusException(new Status
        {
            StatusValue = "Failure",
            Message = ForbiddenMessage.Status(attributes, decision),
            Reason = "Forbidden",
            Details = new StatusDetails { Name = attributes.Name, Group = info.Group, Kind = info.Resource },
            Code = 403,
        });
    }

    private static string? NamePinned(string fieldSelector)
    {
        const string Prefix = "metadata.name=";
        if (!fieldSelector.StartsWith(Prefix, StringComparison.Ordinal) || fieldSelector.Contains(',', StringComparison.Ordinal))
            return null;
        return fieldSelector[Prefix.Length..].TrimStart('=');
    }

    private async ValueTask<IApiHandler> HandlerOfAsync(RequestInfo info, CancellationToken cancellation)
    {
        if (aggregated.Find(info.Path) is { } elsewhere)
            return elsewhere;
        if (!info.IsResource)
            return paths.Find(info.Path) ?? throw ApiStatusException.UnknownPath();
        if ((routes.Find(info) ?? await customResources.FindAsync(info, cancellation).ConfigureAwait(false)) is not { } route || (route.Kind.Namespaced ? info is { Namespace.Length: 0, Name.Length: > 0 } : IsMisplaced(info)))
            throw ApiStatusException.UnknownPath();
        // Other verbs than those that discovery lists do not exist; connections come with any method.
        if (!route.Verbs.Contains(info.Verb) && !(info.IsLongRunning && info.Subresource.Length > 0))
            throw ApiStatusException.MethodNotAllowed();
        return route.Handler;
    }

    // A cluster-scoped resource below a namespace; the namespace itself is its own namespace.
    private static bool IsMisplaced(RequestInfo info) => info.Namespace.Length > 0 && info.Resource != "namespaces";

    private async ValueTask<ApiStatusException> UnauthorizedAsync(HttpContext http, RequestInfo info, string id, DateTimeOffset received, AuthenticationResult.Refused refused)
    {
        LogRefused(logger, refused.Message);
        var refusal = ApiStatusException.Unauthorized();
        if (audit?.Begin(http, info, null, id, received) is { } trail)
            await trail.RefusedAsync(refusal.Status).ConfigureAwait(false);
        return refusal;
    }

    private static Status? StatusOf(Exception e) => e switch
    {
        ApiStatusException refusal => refusal.Status,
        JsonFormatException or ProtoFormatException => ApiStatusException.BadRequest(e.Message).Status,
        BadHttpRequestException bad => ApiStatusException.BadRequest(bad.Message).Status,
        StoreFullException => ApiStatusException.ServiceUnavailable($"the store is full, so nothing can be written: {e.Message}").Status,
        StoreUnavailableException => ApiStatusException.ServiceUnavailable($"the store cannot be used: {e.Message}").Status,
        ValueTooLargeException => ApiStatusException.RequestEntityTooLarge(e.Message).Status,
        OperationCanceledException => ApiStatusException.Timeout("the request took too long and was given up").Status,
        _ => null,
    };

    [LoggerMessage(EventId = 3101, Level = LogLevel.Error, Message = "{Verb} {Path} failed (audit id {AuditId})")]
    private static partial void LogFailure(ILogger logger, Exception cause, string verb, string path, string auditId);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Information, Message = "A credential was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
