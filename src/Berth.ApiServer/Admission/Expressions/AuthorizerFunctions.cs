using Berth.ApiServer.Authentication;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Validation;
using Berth.Cel.Functions;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.ApiServer.Admission.Expressions;

/// <summary>What expressions may ask about permissions: <c>authorizer.group('apps').resource('deployments').check('create').allowed()</c>.</summary>
internal static class AuthorizerFunctions
{
    public static CelType Authorizer { get; } = CelType.Opaque("kubernetes.authorization.Authorizer");

    public static CelType PathCheck { get; } = CelType.Opaque("kubernetes.authorization.PathCheck");

    public static CelType GroupCheck { get; } = CelType.Opaque("kubernetes.authorization.GroupCheck");

    public static CelType ResourceCheck { get; } = CelType.Opaque("kubernetes.authorization.ResourceCheck");

    public static CelType Decision { get; } = CelType.Opaque("kubernetes.authorization.Decision");

    public static void Declare(FunctionTable table)
    {
        var text = CelType.String;
        table.Member("path", [Authorizer, text], PathCheck, static a => Text(a[1]).Trim().Length == 0
            ? new CelError("path must not be empty")
            : new Asked(PathCheck, ((Asked)a[0]).Authority, ((Asked)a[0]).What with { Path = Text(a[1]), IsResourceRequest = false }));
        table.Member("group", [Authorizer, text], GroupCheck, static a => With(a[0], GroupCheck, w => w with { IsResourceRequest = true }, Text(a[1]), static (w, t) => w with { ApiGroup = t }));
        table.Member("serviceAccount", [Authorizer, text, text], Authorizer, static a => ServiceAccount((Asked)a[0], Text(a[1]), Text(a[2])));
        table.Member("resource", [GroupCheck, text], ResourceCheck, static a => Text(a[1]).Trim().Length == 0
            ? new CelError("resource must not be empty")
            : With(a[0], ResourceCheck, w => w, Text(a[1]), static (w, t) => w with { Resource = t }));
        table.Member("subresource", [ResourceCheck, text], ResourceCheck, static a => With(a[0], ResourceCheck, w => w, Text(a[1]), static (w, t) => w with { Subresource = t }));
        table.Member("namespace", [ResourceCheck, text], ResourceCheck, static a => With(a[0], ResourceCheck, w => w, Text(a[1]), static (w, t) => w with { Namespace = t }));
        table.Member("name", [ResourceCheck, text], ResourceCheck, static a => With(a[0], ResourceCheck, w => w, Text(a[1]), static (w, t) => w with { Name = t }));
        table.Member("fieldSelector", [ResourceCheck, text], ResourceCheck, static a => With(a[0], ResourceCheck, w => w, Text(a[1]), static (w, t) => w with { FieldSelector = t }));
        table.Member("labelSelector", [ResourceCheck, text], ResourceCheck, static a => With(a[0], ResourceCheck, w => w, Text(a[1]), static (w, t) => w with { LabelSelector = t }));
        table.Member("check", [PathCheck, text], Decision, static a => Check((Asked)a[0], Text(a[1])));
        table.Member("check", [ResourceCheck, text], Decision, static a => Check((Asked)a[0], Text(a[1])));
        table.Member("allowed", [Decision], CelType.Bool, static a => ((Decided)a[0]).Outcome.Allowed);
        table.Member("reason", [Decision], text, static a => ((Decided)a[0]).Outcome.Reason);
        // Authorizers here decide from memory and do not fail.
        table.Member("errored", [Decision], CelType.Bool, static _ => false);
        table.Member("error", [Decision], text, static _ => "");
    }

    /// <summary>The variable <c>authorizer</c>: asks on behalf of who sent the request.</summary>
    public static CelValue AuthorizerFor(IAuthorizer authority, UserInfo user) =>
        new Asked(Authorizer, authority, new AuthorizationAttributes(user, "", "", "*", "", "", "", "", "", IsResourceRequest: true));

    /// <summary>The variable <c>authorizer.requestResource</c>: asks about the object of the request.</summary>
    public static CelValue RequestResource(IAuthorizer authority, UserInfo user, AdmissionAttributes attributes, string name) =>
        new Asked(ResourceCheck, authority, new AuthorizationAttributes(
            user, "", attributes.Kind.Group, "*", attributes.Kind.Plural, attributes.Subresource, attributes.Namespace, name, "", IsResourceRequest: true));

    private static string Text(CelValue value) => ((CelString)value).Value;

    private static Asked With(
        CelValue asked, CelType type, Func<AuthorizationAttributes, AuthorizationAttributes> first, string text, Func<AuthorizationAttributes, string, AuthorizationAttributes> change) =>
        new(type, ((Asked)asked).Authority, change(first(((Asked)asked).What), text));

    private static CelValue ServiceAccount(Asked asked, string ns, string name)
    {
        if (NameSyntax.DnsSubdomain(name).Length > 0)
            return new CelError("Invalid service account name");
        return NameSyntax.DnsLabel(ns).Length > 0
            ? new CelError("Invalid service account namespace")
            : new Asked(Authorizer, asked.Authority, asked.What with { User = UserInfo.ServiceAccount(ns, name, "") });
    }

    private static Decided Check(Asked asked, string verb)
    {
        // From memory: the task is done when it is given, save for an authorizer of somebody else's.
        var decision = asked.Authority.AuthorizeAsync(asked.What with { Verb = verb });
        return new Decided(decision.IsCompletedSuccessfully ? decision.Result : decision.AsTask().GetAwaiter().GetResult());
    }

    private sealed class Asked(CelType type, IAuthorizer authority, AuthorizationAttributes what) : CelValue
    {
        public IAuthorizer Authority => authority;

        public AuthorizationAttributes What => what;

        public override CelType Type => type;

        public override bool EqualTo(CelValue other) => other is Asked a && a.Type.Name == type.Name && a.What == what;
    }

    private sealed class Decided(AuthorizationDecision outcome) : CelValue
    {
        public AuthorizationDecision Outcome => outcome;

        public override CelType Type => Decision;

        public override bool EqualTo(CelValue other) => other is Decided d && d.Outcome == outcome;
    }
}
