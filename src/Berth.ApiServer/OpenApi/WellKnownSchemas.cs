using Berth.Api.Schema;

namespace Berth.ApiServer.OpenApi;

/// <summary>Types of the API that Berth writes by hand and so has no records of: discovery, watch events, patches, the version.</summary>
internal static class WellKnownSchemas
{
    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    private static readonly ValueSchema s_text = ValueSchema.Of(ValueKind.String);

    public static MessageSchema WatchEvent { get; } = new(Meta + "WatchEvent", () =>
        [Required("type", s_text), Required("object", ValueSchema.Of(ValueKind.Any))]);

    public static MessageSchema Patch { get; } = new(Meta + "Patch", () => []);

    public static MessageSchema ApiVersions { get; } = new(Meta + "APIVersions", () =>
    [
        Required("versions", ValueSchema.ListOf(s_text)),
        Required("serverAddressByClientCIDRs", ValueSchema.ListOf(ValueSchema.Of(() => ServerAddress!))),
    ]);

    public static MessageSchema ApiGroup { get; } = new(Meta + "APIGroup", () =>
    [
        Required("name", s_text),
        Required("versions", ValueSchema.ListOf(ValueSchema.Of(() => GroupVersion!))),
        Optional("preferredVersion", ValueSchema.Of(() => GroupVersion!)),
        Optional("serverAddressByClientCIDRs", ValueSchema.ListOf(ValueSchema.Of(() => ServerAddress!))),
    ]);

    public static MessageSchema ApiGroupList { get; } = new(Meta + "APIGroupList", () =>
        [Required("groups", ValueSchema.ListOf(ValueSchema.Of(() => ApiGroup)))]);

    public static MessageSchema ApiResourceList { get; } = new(Meta + "APIResourceList", () =>
    [
        Required("groupVersion", s_text),
        Required("resources", ValueSchema.ListOf(ValueSchema.Of(() => ApiResource!))),
    ]);

    public static MessageSchema VersionInfo { get; } = new("io.k8s.apimachinery.pkg.version.Info", () =>
    [
        Required("major", s_text), Required("minor", s_text), Required("gitVersion", s_text), Required("gitCommit", s_text),
        Required("gitTreeState", s_text), Required("buildDate", s_text), Required("goVersion", s_text), Required("compiler", s_text),
        Required("platform", s_text), Optional("emulationMajor", s_text), Optional("emulationMinor", s_text),
        Optional("minCompatibilityMajor", s_text), Optional("minCompatibilityMinor", s_text),
    ]);

    private static MessageSchema GroupVersion { get; } = new(Meta + "GroupVersionForDiscovery", () =>
        [Required("groupVersion", s_text), Required("version", s_text)]);

    private static MessageSchema ServerAddress { get; } = new(Meta + "ServerAddressByClientCIDR", () =>
        [Required("clientCIDR", s_text), Required("serverAddress", s_text)]);

    private static MessageSchema ApiResource { get; } = new(Meta + "APIResource", () =>
    [
        Required("name", s_text), Required("singularName", s_text), Required("namespaced", ValueSchema.Of(ValueKind.Boolean)),
        Required("kind", s_text), Required("verbs", ValueSchema.ListOf(s_text)), Optional("group", s_text), Optional("version", s_text),
        Optional("shortNames", ValueSchema.ListOf(s_text)), Optional("categories", ValueSchema.ListOf(s_text)), Optional("storageVersionHash", s_text),
    ]);

    private static FieldSchema Required(string name, ValueSchema value) => new() { Name = name, Value = value, Required = true };

    private static FieldSchema Optional(string name, ValueSchema value) => new() { Name = name, Value = value };
}
