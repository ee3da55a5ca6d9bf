using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Admission;
using Berth.ApiServer.CustomResources;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Subresources;

/// <summary>Has admission decide on connections (exec, attach, port-forward, proxy), whose object is what they ask for.</summary>
internal static class ConnectAdmission
{
    /// <exception cref="ApiStatusException">The refusal.</exception>
    public static async ValueTask CheckAsync(ApiRequest request, RegistryServices services, KindInfo kind)
    {
        var info = request.Info;
        var attributes = new AdmissionAttributes
        {
            Operation = AdmissionOperation.Connect,
            Kind = kind,
            Subresource = info.Subresource,
            Namespace = kind.Namespaced ? info.Namespace : "",
            Name = info.Name,
            User = request.User,
            UserName = request.User.Name,
            UserGroups = request.User.Groups,
            Audit = request.Audit,
        };
        try
        {
            await services.Admission.ValidateAsync(attributes, Options(request, kind), null, request.Cancellation).ConfigureAwait(false);
        }
        finally
        {
            foreach (var warning in attributes.Warnings)
                request.Warn(warning);
            attributes.Finish(stored: false);
        }
    }

    private static CustomObject Options(ApiRequest request, KindInfo kind)
    {
        var content = new JsonObject();
        foreach (var name in (ReadOnlySpan<string>)["stdin", "stdout", "stderr", "tty"])
        {
            if (request.Query.ContainsKey(name) && RequestInfo.IsTrue(request.Query[name]))
                content[name] = true;
        }

        if (request.Query["container"].ToString() is { Length: > 0 } container)
            content["container"] = container;
        if (request.Query["command"] is { Count: > 0 } command)
            content["command"] = new JsonArray([.. command.Select(c => JsonValue.Create(c))]);
        if (request.Query["ports"] is { Count: > 0 } ports)
            content["ports"] = new JsonArray([.. ports.Select(p => JsonValue.Create(int.TryParse(p, out var port) ? port : 0))]);
        if (request.Info.Subresource == "proxy")
            content["path"] = request.Info.Subpath ?? "";
        var optionsName = request.Info.Subresource switch
        {
            "exec" => "PodExecOptions",
            "attach" => "PodAttachOptions",
            "portforward" => "PodPortForwardOptions",
            _ => kind.Kind + "ProxyOptions",
        };
        return new CustomObject(OptionsKind(optionsName), ObjectMeta.Empty, content);
    }

    private static KindInfo OptionsKind(string name) => new()
    {
        Group = "",
        Version = "v1",
        Kind = name,
        Schema = Status.Schema,
        ReadJson = static (_, _) => throw new NotSupportedException("options are not read back"),
        ReadProto = static _ => throw new NotSupportedException("options are not read back"),
    };
}
