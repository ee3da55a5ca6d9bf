using Berth.Cel.Values;

namespace Berth.Cel;

/// <summary>Values by the names of their variables: <c>new CelInputs { ["self"] = value }</c>.</summary>
public sealed class CelInputs : Dictionary<string, CelValue>, ICelInputs
{
    public CelInputs()
        : base(StringComparer.Ordinal)
    {
    }

    public CelValue? Find(string variable) => this.GetValueOrDefault(variable);
}
