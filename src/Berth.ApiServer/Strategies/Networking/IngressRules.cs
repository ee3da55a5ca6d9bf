using Berth.Api.Networking.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Networking;

/// <summary>Rules of ingress specs.</summary>
internal static class IngressRules
{
    private static readonly string[] s_badSequences = ["//", "/./", "/../", "%2f", "%2F"];
    private static readonly string[] s_badEnds = ["/..", "/."];

    public static void Validate(FieldErrors errors, FieldPath path, IngressSpec spec)
    {
        if (spec.Rules.IsEmpty && spec.DefaultBackend is null)
            errors.Invalid(path, null, "either `defaultBackend` or `rules` must be specified");
        if (spec.DefaultBackend is { } backend)
            Backend(errors, path["defaultBackend"], backend);
        for (var i = 0; i < spec.Rules.Count; i++)
        {
            var (rule, at) = (spec.Rules[i], path["rules"][i]);
            if (rule.Host.Length > 0)
            {
                if (IpRules.Parse(rule.Host) is not null)
                    errors.Invalid(at["host"], (object)rule.Host, "must be a DNS name, not an IP address");
                Host(errors, at["host"], rule.Host);
            }

            if (rule.Http is { } http)
                Http(errors, at["http"]["paths"], http);
        }

        for (var i = 0; i < spec.Tls.Count; i++)
        {
            var at = path["tls"][i];
            for (var j = 0; j < spec.Tls[i].Hosts.Count; j++)
                Host(errors, at["hosts"][j], spec.Tls[i].Hosts[j]);
            if (spec.Tls[i].SecretName.Length > 0)
                errors.Invalid(at["secretName"], spec.Tls[i].SecretName, NameSyntax.DnsSubdomain(spec.Tls[i].SecretName));
        }

        if (spec.IngressClassName is { } name)
            errors.Invalid(path["ingressClassName"], name, NameSyntax.DnsSubdomain(name));
    }

    private static void Host(FieldErrors errors, FieldPath path, string host) =>
        errors.Invalid(path, host, host.Contains('*', StringComparison.Ordinal) ? NameSyntax.WildcardSubdomain(host) : NameSyntax.DnsSubdomain(host));

    private static void Http(FieldErrors errors, FieldPath path, HTTPIngressRuleValue http)
    {
        if (http.Paths.IsEmpty)
            errors.Required(path);
        for (var i = 0; i < http.Paths.Count; i++)
        {
            var (item, at) = (http.Paths[i], path[i]);
            switch (item.PathType)
            {
                case null:
                    errors.Required(at["pathType"], "pathType must be specified");
                    continue;
                case "Exact" or "Prefix":
                    if (!item.Path.StartsWith('/'))
                        errors.Invalid(at["path"], (object)item.Path, "must be an absolute path");
                    foreach (var bad in s_badSequences.Where(b => item.Path.Contains(b, StringComparison.Ordinal)))
                        errors.Invalid(at["path"], (object)item.Path, $"must not contain '{bad}'");
                    foreach (var bad in s_badEnds.Where(b => item.Path.EndsWith(b, StringComparison.Ordinal)))
                        errors.Invalid(at["path"], (object)item.Path, $"cannot end with '{bad}'");
                    break;
                case "ImplementationSpecific":
                    if (item.Path.Length > 0 && item.Path[0] != '/')
                        errors.Invalid(at["path"], (object)item.Path, "must be an absolute path");
                    break;
                default:
                    errors.NotSupported(at["pathType"], item.PathType, "Exact", "ImplementationSpecific", "Prefix");
                    break;
            }

            Backend(errors, at["backend"], item.Backend);
        }
    }

    private static void Backend(FieldErrors errors, FieldPath path, IngressBackend backend)
    {
        switch (backend)
        {
            case { Resource: not null, Service: not null }:
                errors.Invalid(path, "", "cannot set both resource and service backends");
                break;
            case { Resource: { } resource }:
                if (resource.ApiGroup is { } group)
                    errors.Invalid(path["resource"]["apiGroup"], group, NameSyntax.DnsSubdomain(group));
                BasicRules.RequiredSegment(errors, path["resource"]["kind"], resource.Kind);
                BasicRules.RequiredSegment(errors, path["resource"]["name"], resource.Name);
                break;
            case { Service: { } service }:
                Service(errors, path, service);
                break;
            default:
                errors.Invalid(path, "", "resource or service backend is required");
                break;
        }
    }

    private static void Service(FieldErrors errors, FieldPath path, IngressServiceBackend service)
    {
        if (service.Name.Length == 0)
            errors.Required(path["service"]["name"]);
        else
            errors.Invalid(path["service"]["name"], service.Name, NameSyntax.DnsLabel(service.Name));
        var port = path["service"]["port"];
        if (service.Port.Name.Length > 0 && service.Port.Number != 0)
            errors.Invalid(path, "", "cannot set both port name & port number");
        else if (service.Port.Name.Length > 0)
            errors.Invalid(port["name"], service.Port.Name, NameSyntax.PortName(service.Port.Name));
        else if (service.Port.Number != 0)
            errors.Invalid(port["number"], service.Port.Number, NameSyntax.PortNumber(service.Port.Number));
        else
            errors.Required(path, "port name or number is required");
    }
}
