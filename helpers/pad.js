// A pad to draw on with mouse, touch, pen or keyboard. It keeps a list of strokes, each a list of
// points [x, y] on a field of SIZE by SIZE, and hands them to Python at the end of each stroke.
const SIZE = 280;
const PEN = 18;
const STEP = 8;

function render({ model, el }) {
  let strokes = model.get("value");
  let current = null; // the stroke that is being drawn
  let pointer = null; // the finger or pen that draws it; null for the keyboard
  let cursor = [SIZE / 2, SIZE / 2]; // where the keyboard's pen is

  el.classList.add("drawing-pad");
  const canvas = el.appendChild(document.createElement("canvas"));
  canvas.width = canvas.height = SIZE;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute(
    "aria-label",
    "Drawing pad. Arrow keys move the pen, space puts it down or lifts it.",
  );
  const buttons = el.appendChild(document.createElement("div"));
  const button = (name, action) => {
    const element = buttons.appendChild(document.createElement("button"));
    element.textContent = name;
    element.addEventListener("click", action);
  };
  button("Undo", () => commit(strokes.slice(0, -1)));
  button("Clear", () => commit([]));

  const context = canvas.getContext("2d");
  function paint() {
    context.fillStyle = "white";
    context.fillRect(0, 0, SIZE, SIZE);
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = PEN;
    context.strokeStyle = "black";
    for (const stroke of current ? [...strokes, current] : strokes) {
      context.beginPath();
      context.moveTo(...stroke[0]);
      context.lineTo(stroke[0][0] + 0.01, stroke[0][1]); // a stroke of one point is a dot
      for (const point of stroke) context.lineTo(...point);
      context.stroke();
    }
    if (document.activeElement === canvas) {
      context.lineWidth = 1.5;
      context.strokeStyle = current ? "#D55E00" : "#0072B2";
      context.beginPath();
      context.arc(...cursor, PEN / 2, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  function commit(changed) {
    strokes = changed;
    current = pointer = null;
    model.set("value", strokes);
    model.save_changes();
    paint();
  }

  const onto = (value) => Math.round(Math.min(SIZE, Math.max(0, value)));
  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [
      onto(((event.clientX - box.left) * SIZE) / box.width),
      onto(((event.clientY - box.top) * SIZE) / box.height),
    ];
  }

  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    if (event.button !== 0 || ![null, event.pointerId].includes(pointer)) return; // another finger
    if (current) commit([...strokes, current]); // which the keyboard began, or whose end was lost
    pointer = event.pointerId;
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });
    cursor = place(event);
    current = [cursor];
    paint();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current || event.pointerId !== pointer) return;
    const between = event.getCoalescedEvents?.() ?? []; // none in some browsers
    for (const each of between.length ? between : [event]) current.push(place(each));
    cursor = current.at(-1);
    paint();
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
    canvas.addEventListener(end, (event) => {
      if (current && event.pointerId === pointer) commit([...strokes, current]);
    });

  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", (event) => {
    if (event.key in arrows) {
      cursor = cursor.map((value, i) => onto(value + STEP * arrows[event.key][i]));
      if (current) current.push(cursor);
      paint();
    } else if (event.key === " ") {
      if (event.repeat); // the key is held down
      else if (current) commit([...strokes, current]);
      else {
        current = [cursor];
        paint();
      }
    } else return;
    event.preventDefault();
    event.stopPropagation(); // JupyterLab would take the arrows for itself
  });
  for (const change of ["focus", "blur"]) canvas.addEventListener(change, paint);
  model.on("change:value", () => {
    strokes = model.get("value");
    paint();
  });
  paint();
}

export default { render };
