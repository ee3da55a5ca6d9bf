using Berth.Api;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Kubernetes;

public sealed class CelQuantity(Quantity value) : CelValue
{
    public Quantity Value => value;

    public override CelType Type => QuantityFunctions.Type;

    public override bool IsZero => value.IsZero;

    public override bool EqualTo(CelValue other) => other is CelQuantity q && q.Value == value;

    public override string ToString() => value.ToString();
}
