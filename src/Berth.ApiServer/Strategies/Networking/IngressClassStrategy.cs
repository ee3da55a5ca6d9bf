using Berth.Api.Networking.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Networking;

public sealed class IngressClassStrategy : ResourceStrategy<IngressClass>
{
    private const int ControllerMax = 250;

    public override IngressClass Default(IngressClass value) => value.Spec.Parameters is { Scope: null } parameters
        ? value with { Spec = value.Spec with { Parameters = parameters with { Scope = "Cluster" } } }
        : value;

    public override bool ChangesGeneration(IngressClass value, IngressClass old) => value.Spec != old.Spec;

    public override void Validate(IngressClass value, FieldErrors errors)
    {
        var path = FieldPath.Spec["controller"];
        if (value.Spec.Controller.Length > ControllerMax)
            errors.TooLong(path, ControllerMax);
        BasicRules.DomainPrefixedPath(errors, path, value.Spec.Controller);
        if (value.Spec.Parameters is not { } parameters)
            return;
        var at = FieldPath.Spec["parameters"];
        if (parameters.ApiGroup is { } group)
            errors.Invalid(at["apiGroup"], group, NameSyntax.DnsSubdomain(group));
        BasicRules.RequiredSegment(errors, at["kind"], parameters.Kind);
        BasicRules.RequiredSegment(errors, at["name"], parameters.Name);
        BasicRules.OneOf(errors, at["scope"], parameters.Scope ?? "", "Cluster", "Namespace");
        if (parameters.Scope == "Namespace" && parameters.Namespace is null)
            errors.Required(at["namespace"], "`parameters.scope` is set to 'Namespace'");
        else if (parameters.Scope == "Namespace")
            errors.Invalid(at["namespace"], parameters.Namespace, NameSyntax.DnsLabel(parameters.Namespace!));
        else if (parameters is { Scope: "Cluster", Namespace: not null })
            errors.Forbidden(at["namespace"], "`parameters.scope` is set to 'Cluster'");
    }

    public override void ValidateUpdate(IngressClass value, IngressClass old, FieldErrors errors) =>
        BasicRules.Unchanged(errors, FieldPath.Spec["controller"], value.Spec.Controller, old.Spec.Controller);
}
