namespace Berth.Ingress.GatewayApi;

/// <summary>One kind of the Gateway API. The kinds come with definitions that users install, so that they are described here no further than their names.</summary>
internal interface IGatewayKind
{
    static abstract string Kind { get; }

    static abstract string Plural { get; }

    static abstract string Version { get; }

    static abstract bool Namespaced { get; }
}

internal sealed class GatewayClassKind : IGatewayKind
{
    public static string Kind => "GatewayClass";

    public static string Plural => "gatewayclasses";

    public static string Version => "v1";

    public static bool Namespaced => false;
}

internal sealed class GatewayKind : IGatewayKind
{
    public static string Kind => "Gateway";

    public static string Plural => "gateways";

    public static string Version => "v1";

    public static bool Namespaced => true;
}

internal sealed class HttpRouteKind : IGatewayKind
{
    public static string Kind => "HTTPRoute";

    public static string Plural => "httproutes";

    public static string Version => "v1";

    public static bool Namespaced => true;
}

internal sealed class GrpcRouteKind : IGatewayKind
{
    public static string Kind => "GRPCRoute";

    public static string Plural => "grpcroutes";

    public static string Version => "v1";

    public static bool Namespaced => true;
}

internal sealed class ReferenceGrantKind : IGatewayKind
{
    public static string Kind => "ReferenceGrant";

    public static string Plural => "referencegrants";

    public static string Version => "v1beta1";

    public static bool Namespaced => true;
}
